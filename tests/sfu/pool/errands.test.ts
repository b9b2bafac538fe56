import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { LinkReply } from "../../../sfu/link.ts";
import type { SfuMethod } from "../../../sfu/methods.ts";
import { type Errand, Errands } from "../../../sfu/pool/errands.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { ManualClock } from "../rpc/_clock.ts";

type Reply = (reply: LinkReply<SfuMethod>) => void;

function stage() {
  const clock = new ManualClock();
  const sent: { errand: Errand; reply: Reply }[] = [];
  const errands = new Errands(
    (errand, reply) => sent.push({ errand, reply }),
    clock,
  );
  const of = (method: "pauseProducer" | "resumeProducer") => {
    const params = { routerId: "room", producerId: "voice" };
    errands.add("voice", { method, params });
  };
  const fail = (status: RpcStatus) =>
    sent.at(-1)?.reply({ ok: false, status, message: "no" });
  return { clock, sent, errands, of, fail };
}

describe("what a sidecar must hear of", () => {
  it("SF6: is told again until it is heard", () => {
    const { clock, sent, of, fail } = stage();
    of("pauseProducer");
    for (const status of ["UNAVAILABLE", "DEADLINE_EXCEEDED"] as const) {
      fail(status);
      clock.advance(1_000);
    }
    assert.equal(sent.length, 3);
    sent.at(-1)?.reply({ ok: true, result: {} });
    clock.advance(60_000);
    assert.equal(sent.length, 3);
    assert.equal(clock.pending, 0);
  });

  it("SF6: is not told again to one who knows better", () => {
    const { clock, sent, of, fail } = stage();
    for (const status of ["NOT_FOUND", "FAILED_PRECONDITION"] as const) {
      of("pauseProducer");
      fail(status);
    }
    clock.advance(60_000);
    assert.equal(sent.length, 2);
  });

  it("SF6: is the last wish only", () => {
    const { clock, sent, of, fail } = stage();
    of("pauseProducer");
    fail("UNAVAILABLE");
    of("resumeProducer");
    sent[0]?.reply({ ok: false, status: "UNAVAILABLE", message: "late" });
    fail("UNAVAILABLE");
    clock.advance(1_000);
    assert.deepEqual(
      sent.map(({ errand }) => errand.method),
      ["pauseProducer", "resumeProducer", "resumeProducer"],
    );
  });

  it("SF6: is nothing any more once there is nobody to hear it", () => {
    const { clock, sent, errands, of, fail } = stage();
    of("pauseProducer");
    fail("UNAVAILABLE");
    errands.close();
    of("resumeProducer");
    clock.advance(60_000);
    assert.equal(sent.length, 1);
    assert.equal(clock.pending, 0);
  });
});
