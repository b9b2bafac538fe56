/**
 * Reads a stream of text to its end, line by line. Of a line longer than `max`
 * characters only the beginning is given.
 */
export async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  max: number,
  onLine: (line: string) => void,
): Promise<void> {
  let partial = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const [first = "", ...others] = text.split("\n");
    partial = (partial + first).slice(0, max);
    for (const next of others) {
      if (partial) onLine(partial);
      partial = next.slice(0, max);
    }
  }
  if (partial) onLine(partial);
}
