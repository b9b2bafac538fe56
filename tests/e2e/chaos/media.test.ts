/** Workers and sidecars that die in a call. */
import { describe, it } from "@std/testing/bdd";
import { chaosSuite, Theatre } from "./scene.ts";

describe("media of a call over two sidecars", chaosSuite, () => {
  const theatre = new Theatre();

  it(
    "MD9: is made anew when a worker is killed",
    theatre.test(async ({ cluster, call }) => {
      const sidecar = cluster.sidecars[cluster.homeOf(call.room)];
      const from = Date.now();
      sidecar?.killWorkerOf(call.room);
      await call.mediaIsMadeAnew();
      const to = await call.isNormal(from);
      await call.account("kill -9 of a worker", { from, to });
    }),
  );

  it(
    "MD9, SF2: is made anew in the other one when a sidecar is killed",
    theatre.test(async ({ cluster, call }) => {
      const home = cluster.homeOf(call.room);
      const from = Date.now();
      cluster.sidecars[home]?.kill("SIGKILL");
      await call.mediaIsMadeAnew();
      const to = await call.isNormal(from);
      await cluster.startSidecar(home);
      await call.account("kill -9 of a sidecar", { from, to });
    }),
  );
});
