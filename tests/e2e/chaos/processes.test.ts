/** Processes of the service that die in a call. */
import { describe, it } from "@std/testing/bdd";
import { chaosSuite, Theatre } from "./scene.ts";

/** What was not kept yet may be lost (HO2). */
const UNKEPT = { beforeMs: 300, afterMs: 50 };

describe("a call over three processes", chaosSuite, () => {
  const theatre = new Theatre();

  it(
    "HO7: goes on when the owner of its room is killed",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      await cluster.program(0).die();
      const to = await call.isNormal(from);
      await call.account("kill -9 of the owner", { from, to }, {
        mayLose: UNKEPT,
      });
    }),
  );

  it(
    "HO9: goes on when the process with a socket is killed",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      await cluster.program(1).die();
      const to = await call.isNormal(from);
      await call.account("kill -9 of a socket's process", { from, to });
    }),
  );

  it(
    "HO7, HO9: goes on when both are killed at once",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      await Promise.all([cluster.program(0).die(), cluster.program(1).die()]);
      const to = await call.isNormal(from);
      await call.account("kill -9 of both", { from, to }, {
        mayLose: UNKEPT,
      });
    }),
  );
});
