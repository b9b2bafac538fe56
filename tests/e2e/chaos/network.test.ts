/** The network is cut between the owner of a room and all else, in a call. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import { Network } from "../support/netns.ts";
import { requireNamespaces } from "../support/netns_namespace.ts";
import { chaosSuite, Theatre } from "./scene.ts";

const suite = { ignore: chaosSuite.ignore || requireNamespaces().ignore };

/** What was not kept yet may be lost (HO2); nobody is told of a cut either. */
const UNKEPT = { beforeMs: 300, afterMs: 300 };
/** For all that it might want to do when it is back. */
const BACK_MS = 2_000;

describe("a call whose owner is cut off", suite, () => {
  let network: Network;
  beforeAll(async () => {
    network = await Network.open();
  });
  afterAll(async () => await network[Symbol.asyncDispose]());
  const theatre = new Theatre();

  it(
    "HO8: goes on with another one, and with nobody twice when the cut is mended",
    theatre.test(async ({ cluster, call }) => {
      const { server } = network;
      const from = Date.now();
      await server.ip("link set outside down");
      const to = await call.isNormal(from);
      await server.ip("link set outside up");
      const owner = cluster.program(0);
      await eventually(() =>
        assert.match(owner.stderr, /lease (ran out|lost)/)
      );
      await cluster.isReady(0);
      await delay(BACK_MS);
      await call.account("network cut around the owner", { from, to }, {
        mayLose: UNKEPT,
      });
    }, () => ({
      here: network.outside,
      there: network.address,
      entrance: network.server.entrance,
      isRelayed: true,
    })),
  );
});
