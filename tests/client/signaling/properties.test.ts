import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import {
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  type ErrorName,
  errorObject,
} from "../../../protocol/mod.ts";
import { Connection } from "../../../client/signaling/connection.ts";
import type {
  ConnectionEffect,
  ConnectionEvent,
  NetworkHint,
  SocketId,
} from "../../../client/signaling/io.ts";
import { backoff } from "../../../client/retry.ts";
import { joinResult, resumeResult } from "../fakes/answers.ts";

/** What can happen, for any of the sockets that were ever asked for. */
type Happening =
  | { readonly what: "tick"; readonly ms: number }
  | { readonly what: "hint"; readonly hint: NetworkHint }
  | { readonly what: "token"; readonly isGiven: boolean }
  | { readonly what: "opened"; readonly which: number }
  | { readonly what: "closed"; readonly which: number; readonly code: number }
  | { readonly what: "said"; readonly which: number; readonly text: string }
  | { readonly what: "request" }
  | { readonly what: "leave" | "abandon" };

const refusals: ErrorName[] = [
  "signalingTimeout",
  "busy",
  "tokenExpired",
  "participantRemoved",
];

const answer = (result: unknown) => encodeResult(1, result);

const texts = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((seq) =>
      encodeNotification("message", { seq, from: "s", topic: "t", body: seq })
    ),
  },
  {
    weight: 8,
    arbitrary: fc.nat(4).map((ack) => answer(resumeResult({ ack }))),
  },
  {
    weight: 3,
    arbitrary: fc.nat(3_000).map((resumeInMs) =>
      encodeNotification("goingAway", { resumeInMs })
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat(4).map((seq) =>
      answer(resumeResult({}, { seq, snapshot: { participants: [] } }))
    ),
  },
  {
    weight: 6,
    arbitrary: fc.integer({ min: 2, max: 8 }).map((id) => encodeResult(id, {})),
  },
  {
    weight: 4,
    arbitrary: fc.constant(encodeRequest(1, "ping", { roundTripMs: 20 })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...refusals).map((name) =>
      encodeError(1, errorObject(name))
    ),
  },
  { weight: 3, arbitrary: fc.constant(answer(joinResult())) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((seq) =>
      encodeNotification("sessionEnded", { seq, reason: "networkDisconnect" })
    ),
  },
  { weight: 1, arbitrary: fc.constant("{") },
);

const which = fc.nat(2);
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      what: fc.constant("said" as const),
      which,
      text: texts,
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ what: fc.constant("opened" as const), which }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      what: fc.constant("tick" as const),
      ms: fc.nat(3_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("closed" as const),
      which,
      code: fc.constantFrom(1000, 1001, 1006, 1013, 4002, 4005, 4007),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("hint" as const),
      hint: fc.constantFrom<NetworkHint>("offline", "online", "retryNow"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("token" as const),
      isGiven: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant("request" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom("leave" as const, "abandon" as const),
    }),
  },
);

/** As `SignalingWatcher` promises it, from what was told last to what is told next. */
const follows: { readonly [told: string]: readonly string[] } = {
  joined: ["suspected", "lost", "resumed", "ended"],
  suspected: ["spoke", "lost", "resumed", "ended"],
  spoke: ["suspected", "lost", "resumed", "ended"],
  lost: ["resumed", "rejoined", "ended"],
  resumed: ["suspected", "lost", "resumed", "ended"],
  rejoined: ["suspected", "lost", "resumed", "ended"],
  ended: [],
};

/** A service that went, as it said, and was back at once (HO6). */
const backInTime: Happening[] = [
  {
    what: "said",
    which: 0,
    text: encodeNotification("goingAway", { resumeInMs: 0 }),
  },
  { what: "opened", which: 0 },
  { what: "said", which: 0, text: answer(resumeResult({ ack: 0 })) },
];

/** Holds a connection to what its shell and its watchers rely on. */
class Watch {
  readonly #connection: Connection;
  #now = 0;
  #lastCall = 0;
  #told = "joined";
  readonly #sockets: SocketId[] = [];
  readonly #connecting = new Set<SocketId>();
  readonly #open = new Set<SocketId>();
  readonly #waiting = new Set<number>();
  readonly #seqs: number[] = [];

  constructor(rejoin: boolean) {
    this.#connection = new Connection({
      join: () => ({}),
      timeoutMs: 15_000,
      giveUpAfterMs: 30_000,
      rejoin,
      retry: backoff(() => 0.5),
    });
    this.#do({ type: "start" });
    this.#do({ type: "authorized", token: "t" });
    this.#opened(1);
    this.#said(1, encodeResult(1, joinResult()));
  }

  happen(happening: Happening): void {
    switch (happening.what) {
      case "tick":
        return this.#pass(happening.ms);
      case "hint":
        return this.#do({ type: "hint", hint: happening.hint });
      case "token":
        return this.#do(
          happening.isGiven
            ? { type: "authorized", token: "t" }
            : { type: "unauthorized", error: errorObject("tokenInvalid") },
        );
      case "opened":
        return this.#opened(this.#latest(happening.which));
      case "closed":
        return this.#closed(this.#latest(happening.which), happening.code);
      case "said":
        return this.#said(this.#latest(happening.which), happening.text);
      case "request": {
        const call = ++this.#lastCall;
        this.#waiting.add(call);
        const params = { transportId: "t" };
        return this.#do({
          type: "request",
          call,
          method: "closeTransport",
          params,
        });
      }
      default:
        return this.#do({ type: happening.what });
    }
  }

  /** Without any help it comes to an end, and leaves nothing behind. */
  finish(): void {
    this.#pass(60_000);
    this.#do({ type: "abandon" });
    assert.equal(this.#told, "ended");
    assert.equal(
      this.#open.size + this.#connecting.size,
      0,
      "sockets are left",
    );
    assert.equal(this.#waiting.size, 0, "requests wait for ever");
    assert.equal(this.#connection.deadline, Infinity);
  }

  #latest(which: number): SocketId {
    return this.#sockets.at(-1 - which) ?? 1;
  }

  #pass(ms: number): void {
    const end = this.#now + ms;
    for (let ticks = 0; this.#connection.deadline <= end; ticks++) {
      assert.ok(ticks < 200, "ticks without end");
      this.#now = Math.max(this.#now, this.#connection.deadline);
      this.#do({ type: "tick" });
    }
    this.#now = end;
  }

  #opened(socket: SocketId): void {
    if (!this.#connecting.delete(socket)) return;
    this.#open.add(socket);
    this.#do({ type: "opened", socket });
  }

  #closed(socket: SocketId, code: number): void {
    const isKnown = this.#connecting.delete(socket) ||
      this.#open.delete(socket);
    if (isKnown) this.#do({ type: "closed", socket, code });
  }

  /** Also what was on its way when the socket was closed. */
  #said(socket: SocketId, text: string): void {
    if (!this.#connecting.has(socket)) {
      this.#do({ type: "received", socket, text });
    }
  }

  #do(event: ConnectionEvent): void {
    for (const effect of this.#connection.handle(event, this.#now)) {
      this.#check(effect);
    }
    const count = this.#open.size + this.#connecting.size;
    assert.ok(count <= 2, `${count} sockets at once`);
  }

  #check(effect: ConnectionEffect): void {
    if (effect.type !== "replied") {
      assert.notEqual(this.#told, "ended", `${effect.type} after the end`);
    }
    switch (effect.type) {
      case "open":
        this.#sockets.push(effect.socket);
        this.#connecting.add(effect.socket);
        return;
      case "send":
        return assert.ok(
          !this.#connecting.has(effect.socket),
          "said on a socket that is not open",
        );
      case "close":
        this.#connecting.delete(effect.socket);
        this.#open.delete(effect.socket);
        return;
      case "replied":
        return assert.ok(this.#waiting.delete(effect.call), "answered twice");
      case "event":
        return this.#heard(effect.event.params);
      case "suspected":
      case "spoke":
      case "lost":
      case "resumed":
      case "rejoined":
      case "ended":
        assert.ok(
          follows[this.#told]?.includes(effect.type),
          `${effect.type} after ${this.#told}`,
        );
        this.#told = effect.type;
        if (effect.type === "rejoined") this.#seqs.length = 0;
        return;
    }
  }

  #heard(params: object): void {
    if (!("body" in params)) return;
    const last = this.#seqs.at(-1) ?? 0;
    assert.ok(Number(params.body) > last, "an event twice, or out of order");
    this.#seqs.push(Number(params.body));
  }
}

describe("the connection, whatever happens", () => {
  it("RS1: tells each event once and in order, answers each request once, and leaves no socket", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(happenings, { maxLength: 60 }),
        (rejoin, all) => {
          const watch = new Watch(rejoin);
          for (const happening of all) watch.happen(happening);
          watch.finish();
        },
      ),
      { numRuns: 2_000, examples: [[false, backInTime]] },
    );
  });
});
