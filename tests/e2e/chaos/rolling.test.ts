/** A new version of everything, one part after the other, in a call. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { chaosSuite, Theatre } from "./scene.ts";

describe("a call in which everything is restarted", chaosSuite, () => {
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

  it(
    "HO10, SF2, MD9: goes on while each sidecar and Redis are restarted",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      for (const [number, sidecar] of [...cluster.sidecars.entries()]) {
        await sidecar[Symbol.asyncDispose]();
        await cluster.startSidecar(number);
        await call.isNormal(Date.now());
      }
      await cluster.redis.stop("SIGTERM");
      await cluster.redis.start();
      const to = await call.isNormal(Date.now());
      await call.account("rolling restart of sidecars and Redis", { from, to });
    }),
  );
});
