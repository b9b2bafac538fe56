/** What an actor does for operators, and for tokens that are replaced. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Actor } from "../../rooms/actor.ts";
import type { Authenticate } from "../../rooms/authenticate.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import type { Input } from "../../rooms/core/input.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { claimsOf } from "./fakes/claims.ts";
import { ScriptedCore } from "./fakes/core.ts";
import { FakeLink } from "./fakes/link.ts";
import { keepingLog } from "./fakes/log.ts";

const valid = { ok: true, claims: claimsOf("ann") } as const;

function world(
  answer: (input: Input) => Effect[],
  authenticate: Authenticate = () => Promise.resolve(valid),
) {
  const core = new ScriptedCore(answer);
  const { log, lines } = keepingLog();
  const actor = new Actor({
    name: "r",
    epoch: 1,
    core,
    link: new FakeLink(),
    clock: new VirtualClock(),
    log,
    authenticate,
    iceServersFor: () => ({ servers: [], renewAt: null }),
    onEnd: () => {},
  });
  return { actor, core, lines };
}

const done = { type: "done" } as const;
const ended = { type: "refused", reason: "roomEnded" };
const command = { type: "describe" } as const;

describe("a command to an actor", () => {
  it("OP1: is answered with the outcome of its own number", async () => {
    const requests: number[] = [];
    const { actor } = world((input) => {
      if (input.type !== "admin") return [];
      requests.push(input.request);
      return [{ type: "adminAnswer", request: input.request, outcome: done }];
    });
    assert.deepEqual(await actor.command(command), done);
    assert.deepEqual(await actor.command(command), done);
    assert.deepEqual(requests, [1, 2]);
  });

  it("OP1: is refused where the room ends without an answer, or has ended", async () => {
    const { actor } = world(() => [{ type: "end" }]);
    assert.deepEqual(await actor.command(command), ended);
    assert.deepEqual(await actor.command(command), ended);
  });

  it("OP1: is refused where the room fails by it", async () => {
    const { actor } = world(() => {
      throw new Error("broken");
    });
    assert.deepEqual(await actor.command(command), ended);
  });
});

describe("a token that the core wants verified", () => {
  const asking = (input: Input): Effect[] =>
    input.type === "tick"
      ? [{ type: "verify", sessionId: "s1", requestId: 7, token: "secret" }]
      : [];
  const about = { type: "verified", sessionId: "s1", requestId: 7 };

  it("RS8: is looked at for this room, and the verdict is an input", async () => {
    const asked: string[] = [];
    const { actor, core } = world(asking, (token, room) => {
      asked.push(`${token} ${room}`);
      return Promise.resolve(valid);
    });
    actor.post({ type: "tick" });
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(asked, ["secret r"]);
    assert.deepEqual(core.heard.at(-1)?.input, { ...about, verdict: valid });
  });

  it("RS8: has nothing said of it where that cannot be done, and is in no log", async () => {
    const failing = () => Promise.reject(new Error("no keys"));
    const { actor, core, lines } = world(asking, failing);
    actor.post({ type: "tick" });
    await Promise.resolve();
    await Promise.resolve();
    const verdict = { ok: false, error: "busy", retryAfterMs: 2_000 };
    assert.deepEqual(core.heard.at(-1)?.input, { ...about, verdict });
    assert.equal(lines.length, 1);
    assert.doesNotMatch(JSON.stringify(lines), /"secret"/);
  });
});

describe("what a room announces", () => {
  it("OP9: is in the log without who it is in the world outside", () => {
    const { actor, lines } = world(() => [{
      type: "announce",
      announcement: {
        type: "participantJoined",
        sessionId: "s1",
        identity: "ann@example.com",
        name: "Ann Example",
        metadata: { phone: "555" },
      },
    }]);
    actor.post({ type: "tick" });
    assert.match(JSON.stringify(lines), /s1/);
    assert.doesNotMatch(JSON.stringify(lines), /xample|555/);
  });
});
