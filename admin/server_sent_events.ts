/**
 * Reads server-sent events out of a stream, as the HTML standard has them.
 *
 * @module
 */

export type ServerSentEvent = {
  /** Of the last event that had one; `""`: none yet. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
};

/** An event without data tells its id all the same. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  let id = "";
  let event = "message";
  let data: string[] = [];
  for await (const line of lines(body)) {
    if (line === "") {
      yield { id, event, data: data.join("\n") };
      event = "message";
      data = [];
      continue;
    }
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "id") id = value;
    else if (name === "event") event = value;
    else if (name === "data") data.push(value);
  }
}

async function* lines(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      const found = `${rest}${decoder.decode(value, { stream: true })}`
        .split("\n");
      rest = found.pop() ?? "";
      yield* found;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
