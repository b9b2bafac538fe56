/**
 * The frames that the reference shows: `→` from client to server, `←` back,
 * continued on indented lines.
 */
import assert from "node:assert/strict";
import {
  events,
  hints,
  methods,
  parseFrame,
  serverMethods,
} from "../../protocol/mod.ts";

export type ShownFrame = { from: "client" | "server"; text: string };

const FENCE = /^```text\n([\s\S]*?)^```$/gm;

/** All frames of the document, in order. */
export function shownFrames(markdown: string): ShownFrame[] {
  const blocks = [...markdown.matchAll(FENCE)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.split(/\n(?=[→←] )/)).flatMap((
    shown,
  ) =>
    /^[→←] /.test(shown)
      ? [{
        from: shown.startsWith("→") ? "client" as const : "server" as const,
        text: shown.slice(2),
      }]
      : []
  );
}

/** Checks frames against the schemas; collects which messages they show. */
export class FrameChecker {
  readonly shown: Set<string> = new Set();
  readonly #pending = new Map<string, string>();

  /** Throws when the frame is not one that `from` may send. */
  check({ from, text }: ShownFrame): void {
    const frame = parseFrame(text);
    switch (frame.type) {
      case "invalid":
        return assert.fail(`${frame.error}: ${frame.detail ?? ""}\n${text}`);
      case "request":
        return this.#request(from, frame.request);
      case "notification":
        assert.equal(from, "server", "only the server sends notifications");
        return this.#notification(frame.notification);
      case "response":
        return this.#response(from, frame.response);
    }
  }

  #request(
    from: ShownFrame["from"],
    { id, method, params }: { id: number; method: string; params?: unknown },
  ): void {
    callee(from, method).params.parse(params);
    this.#pending.set(`${from} ${id}`, method);
    this.shown.add(`${method}.params`);
  }

  #response(
    from: ShownFrame["from"],
    response: { id: number | null } & ({ result: unknown } | object),
  ): void {
    if (!("result" in response)) return;
    const asker = from === "client" ? "server" : "client";
    const method = this.#pending.get(`${asker} ${response.id}`);
    assert.ok(method !== undefined, `nothing asked for ${response.id}`);
    callee(asker, method).result.parse(response.result);
    this.shown.add(`${method}.result`);
  }

  #notification({ method, params }: { method: string; params?: unknown }) {
    assert.ok(typeof params === "object" && params !== null);
    const numbered = "seq" in params && Number.isInteger(params.seq);
    if (isKey(events, method)) {
      events[method].parse(params);
      assert.ok(numbered, `the event ${method} has no seq`);
    } else if (isKey(hints, method)) {
      hints[method].parse(params);
      assert.ok(!numbered, `the hint ${method} has a seq`);
    } else assert.fail(`there is no event ${method}`);
    this.shown.add(method);
  }
}

function callee(asker: ShownFrame["from"], method: string) {
  if (asker === "server") {
    assert.equal(method, "ping");
    return serverMethods.ping;
  }
  assert.ok(isKey(methods, method), `there is no method ${method}`);
  return methods[method];
}

const isKey = <T extends object>(table: T, key: string): key is
  & keyof T
  & string => Object.hasOwn(table, key);
