/**
 * A long command whose lines are watched while it runs.
 *
 * @module
 */

const KEPT_CHARACTERS = 64 * 1024;

/** Gives back the end of what the command printed on both of its outputs. */
export async function runWatched(
  bin: string,
  args: string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    onLine(line: string): void;
  },
): Promise<{ success: boolean; output: string }> {
  const { onLine, ...rest } = options;
  const child = new Deno.Command(bin, {
    ...rest,
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const watch = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of lines(stream)) {
      output = `${output}${line}\n`.slice(-KEPT_CHARACTERS);
      onLine(line);
    }
  };
  const [{ success }] = await Promise.all([
    child.status,
    watch(child.stdout),
    watch(child.stderr),
  ]);
  return { success, output };
}

async function* lines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = `${rest}${text}`.split("\n");
    rest = (parts.pop() ?? "").slice(-KEPT_CHARACTERS);
    yield* parts;
  }
  if (rest) yield rest;
}
