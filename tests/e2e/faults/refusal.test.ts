import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { RecoveryReport } from "../../../client/mod.ts";
import { errors } from "../../../protocol/errors.ts";
import { eventually } from "../../support/eventually.ts";
import { tellSteps } from "./account.ts";
import { faultSuite, Lab } from "./lab.ts";

/** What the service asks for when there is no place for another room. */
const RETRY_AFTER_MS = 2_000;
/** Browsers round their clocks, so that no page can time others. */
const CLOCK_STEP_MS = 1;

describe("a service that has no place at the moment", faultSuite, () => {
  const lab = new Lab({
    MAX_ROOMS: "1",
    ROOM_EMPTY_MS: "0",
    ROOM_EVICT_AFTER_MS: "5000",
  });

  it(
    "RS3, RS10: whoever wants to join anew tries again when told to, no sooner, until there is one",
    lab.test(async ({ host, ann, bob, outside }) => {
      const fault = await host.drop();
      await bob.heard("participantDisconnected", undefined, { within: 10_000 });
      await bob.leave();
      const eve = await eventually(() => outside.join("eve"));
      await fault.end();
      await eventually(() => {
        const refused = outside.service.output.match(/refused .*busy/g) ?? [];
        assert.ok(refused.length >= 2, `refused ${refused.length} times`);
      }, { within: 20_000 });
      await eve.leave();

      const report = await eventually(async () => {
        const report = (await ann.recoveries()).at(-1);
        assert.ok(report);
        return report;
      });
      console.log(tellSteps(report));
      assert.equal(report.outcome, "rejoined");
      for (const wait of waitsAfterRefusal(report)) {
        assert.ok(wait >= RETRY_AFTER_MS - CLOCK_STEP_MS, `only ${wait} ms`);
      }
      const again = await outside.join("bob", {
        room: await ann.room.evaluate(({ name }) => name),
      });
      await again.publish();
      await Promise.all([again.sees("ann"), ann.sees("bob")]);
    }, { rejoin: true }),
  );
});

/** Milliseconds from each refusal to the next try. */
function waitsAfterRefusal({ steps }: RecoveryReport): number[] {
  return steps.flatMap(({ step, detail, atMs }, index) => {
    if (step !== "refused" || detail !== `${errors.busy.code}`) return [];
    const next = steps.slice(index).find(({ step }) => step === "socketTried");
    return next ? [next.atMs - atMs] : [];
  });
}
