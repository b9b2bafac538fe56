/**
 * How a bench commands a program that makes load: a line of JSON in, one out.
 *
 * @module
 */
import { createInterface } from "node:readline";

export type Commands = Readonly<
  Record<string, (args: never) => Promise<unknown>>
>;

/** Runs one command after the other; ends with its stdin. */
export async function obey<C extends Commands>(commands: C): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, args]: [string, never] = JSON.parse(line);
    const command = commands[name];
    if (command === undefined) throw new Error(`there is no command ${name}`);
    console.log(JSON.stringify(await command(args) ?? null));
  }
  process.exit(0);
}

/** As many at a time as fit into the queue of a listening socket. */
const AT_A_TIME = 400;

/** Runs `act` for each item, for many at the same time. */
export async function forEach<T>(
  items: readonly T[],
  act: (item: T, index: number) => Promise<unknown>,
  atATime = AT_A_TIME,
): Promise<void> {
  const left = items.entries();
  const work = async () => {
    for (const [index, item] of left) await act(item, index);
  };
  await Promise.all(Array.from({ length: atATime }, work));
}
