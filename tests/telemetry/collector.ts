import { Buffer } from "node:buffer";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

const Value = z.object({ stringValue: z.string() }).partial();
const Attributes = z.array(z.object({ key: z.string(), value: Value }))
  .optional();
const Export = z.object({
  resourceSpans: z.array(z.object({
    resource: z.object({ attributes: Attributes }),
    scopeSpans: z.array(z.object({
      spans: z.array(z.object({
        name: z.string(),
        traceId: z.string(),
        spanId: z.string(),
        parentSpanId: z.string().optional(),
        kind: z.int(),
        attributes: Attributes,
        status: z.object({ code: z.int().optional() }).optional(),
      })),
    })),
  })),
});

/** Numbers of OTLP. */
export const SERVER = 2;
export const CLIENT = 3;

export type CollectedSpan = {
  readonly service: string | undefined;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentSpanId: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** 2: an error. */
  readonly status: number;
};

/** A collector that takes OTLP over HTTP as JSON, and keeps the spans. */
export class Collector implements AsyncDisposable {
  readonly #server: Server;
  readonly spans: CollectedSpan[] = [];
  /** All that it was sent, as it came. */
  text = "";

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const parts: Uint8Array[] = [];
      for await (const part of request) parts.push(part);
      const text = Buffer.concat(parts).toString();
      this.text += text;
      if (request.url === "/v1/traces") this.#take(text);
      response.setHeader("content-type", "application/json");
      response.end("{}");
    });
  }

  static async start(): Promise<Collector> {
    const collector = new Collector();
    const { promise, resolve } = Promise.withResolvers<void>();
    collector.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return collector;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** @throws {Error} when there is none, or more than one. */
  only(matches: Partial<CollectedSpan>): CollectedSpan {
    const found = this.all(matches);
    const [span] = found;
    if (span !== undefined && found.length === 1) return span;
    const names = this.spans.map(({ service, name }) => `${service}: ${name}`);
    throw new Error(
      `${found.length} of ${JSON.stringify(matches)} in ${names.join(", ")}`,
    );
  }

  all(matches: Partial<CollectedSpan>): CollectedSpan[] {
    const wanted = new Map(Object.entries(matches));
    return this.spans.filter((span) =>
      Object.entries(span).every(([name, value]) =>
        !wanted.has(name) || wanted.get(name) === value
      )
    );
  }

  #take(text: string): void {
    for (
      const { resource, scopeSpans } of Export.parse(JSON.parse(text))
        .resourceSpans
    ) {
      const service = plain(resource.attributes)["service.name"];
      for (const { spans } of scopeSpans) {
        for (
          const { parentSpanId = "", attributes, status, ...span } of spans
        ) {
          this.spans.push({
            ...span,
            service,
            parentSpanId,
            attributes: plain(attributes),
            status: status?.code ?? 0,
          });
        }
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

const plain = (attributes: z.infer<typeof Attributes>) =>
  Object.fromEntries(
    (attributes ?? []).map(({ key, value }) => [key, value.stringValue]),
  );
