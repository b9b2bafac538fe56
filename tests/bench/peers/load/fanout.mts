/**
 * A room in which one speaks to many, as a program: see `commands.mts`.
 *
 * @module
 */
import { Bare } from "./bare.mts";
import { forEach, obey } from "./commands.mts";
import { Guest, type Invitation } from "./guest.mts";

/** Messages that not all have heard yet, at most. */
const WINDOW = 8;

type Audience = {
  readonly size: number;
  readonly speak: () => void;
};

let ours: Audience | undefined;
let theirs: Audience | undefined;
/** What a message of ours is as it arrives. */
let text = "";
let heard = 0;
let onHeard = () => {};

function hear(): void {
  heard++;
  onHeard();
}

/** @returns deliveries a second */
async function measure(audience: Audience | undefined, ms: number) {
  if (audience === undefined) throw new Error("nobody is there");
  const { size, speak } = audience;
  const start = performance.now();
  let spoken = 0;
  heard = 0;
  await new Promise<void>((resolve) => {
    onHeard = () => {
      const isOver = performance.now() - start >= ms;
      if (isOver && heard === spoken * size) return resolve();
      while (!isOver && heard > (spoken - WINDOW) * size) {
        spoken++;
        speak();
      }
    };
    onHeard();
  });
  return heard * 1_000 / (performance.now() - start);
}

await obey({
  /** The first speaks. @returns bytes of a message as it arrives */
  async join(
    { port, invitations }: { port: number; invitations: Invitation[] },
  ) {
    const onEvent = (name: string, event: string) => {
      if (name !== "message") return;
      text = event;
      hear();
    };
    const guests = invitations.map((invitation) =>
      new Guest({ port, ...invitation, onEvent })
    );
    for (const guest of guests) await guest.join();
    const [speaker] = guests;
    const body = { text: "What is said here, five hundred hear." };
    ours = {
      size: guests.length - 1,
      speak: () => void speaker?.request("sendMessage", { topic: "t", body }),
    };
  },

  /** Messages are those of ours, as they arrived. */
  async connect({ port, count }: { port: number; count: number }) {
    const connections: Bare[] = [];
    await forEach([...Array(count + 1).keys()], async () => {
      const connection = new Bare(port, { onText: hear });
      connections.push(connection);
      await connection.opened;
    });
    theirs = {
      size: count,
      speak: () => connections[0]?.send(text),
    };
  },

  ours: ({ ms }: { ms: number }) => measure(ours, ms),
  theirs: ({ ms }: { ms: number }) => measure(theirs, ms),
});
