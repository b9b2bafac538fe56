import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Policy } from "../../../protocol/mod.ts";
import { EmbeddedHost } from "../../../rooms/hosts/embedded.ts";
import { hashSecret } from "../../../rooms/secrets.ts";
import { turn } from "../../support/turn.ts";
import { claimsOf } from "../fakes/claims.ts";
import { VirtualClock } from "../fakes/clock.ts";
import { ScriptedCore } from "../fakes/core.ts";
import { FakeLink } from "../fakes/link.ts";
import { keepingLog } from "../fakes/log.ts";
import { FakeSocket } from "../fakes/socket.ts";

const START = 1_000_000.5;
const secret = "s".repeat(43);

/** A host with a room, if it is asked for. */
async function host({ withRoom }: { withRoom: boolean }) {
  const clock = new VirtualClock(START);
  const cores: ScriptedCore[] = [];
  const host = new EmbeddedHost({
    clock,
    link: new FakeLink(),
    log: keepingLog().log,
    authenticate: () => Promise.resolve({ ok: true, claims: claimsOf("ann") }),
    policy: Policy.parse({}),
    createCore: () => {
      const core = new ScriptedCore();
      cores.push(core);
      return core;
    },
    maxRooms: 10,
    joinTimeoutMs: 1_000,
    maxWaiting: 10,
    maxBacklogBytes: 1_000,
  });
  const say = (method: string, params: object) => {
    const socket = new FakeSocket();
    const frame = { jsonrpc: "2.0", id: 1, method, params };
    host.accept("r", socket).received(JSON.stringify(frame));
    return socket;
  };
  if (withRoom) {
    say("join", { token: "t" });
    await turn();
    assert.equal(cores.length, 1);
  }
  return { host, cores, say };
}

describe("the embedded host", () => {
  it("RS3: knows that a room which is older than the process was lost with another", async () => {
    const { say, cores } = await host({ withRoom: false });
    for (
      const [epoch, reason] of [
        [Math.floor(START) - 1, "nodeCrashed"],
        [Math.floor(START), "networkDisconnect"],
      ] as const
    ) {
      const socket = say("resume", { sessionId: "s", secret, epoch, ack: 0 });
      assert.match(socket.sent.join(), new RegExp(`"reason":"${reason}"`));
    }
    assert.equal(cores.length, 0);
  });

  it("RS1: takes a resume to the room, with a new secret for the next", async () => {
    const { say, cores } = await host({ withRoom: true });
    say("resume", { sessionId: "s", secret, epoch: 1_000_000, ack: 2 });
    const input = cores[0]?.heard.at(-1)?.input;
    assert.ok(input?.type === "opened" && input.admission.method === "resume");
    const { secretHash, next, ack } = input.admission;
    assert.equal(ack, 2);
    assert.equal(secretHash, hashSecret(secret));
    assert.equal(next.hash, hashSecret(next.plain));
  });

  it("GR4: takes a beacon to its room, and to no other", async () => {
    const { host: embedded, cores } = await host({ withRoom: true });
    embedded.leave("r", "s1", secret);
    embedded.leave("elsewhere", "s1", secret);
    assert.equal(cores.length, 1);
    assert.deepEqual(cores[0]?.heard.at(-1)?.input, {
      type: "left",
      sessionId: "s1",
      secretHash: hashSecret(secret),
    });
  });
});
