/** A new version of the service, one process after the other, in a call. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { chaosSuite, Theatre } from "./scene.ts";

describe("a call whose processes are restarted", chaosSuite, () => {
  const theatre = new Theatre();

  it(
    "HO12: goes on while each process is told to stop, and another begins",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      for (const number of [0, 1, 2]) {
        const program = cluster.program(number);
        program.kill("SIGTERM");
        assert.equal(await program.code(), 0);
        await cluster.startProgram(number);
      }
      const to = await call.isNormal(Date.now());
      await call.account("rolling restart of all processes", { from, to });
    }),
  );
});
