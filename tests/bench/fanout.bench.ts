/**
 * How many receivers of a room hear a message, in a second, when one speaks as
 * fast as they hear.
 *
 * @module
 */
import { TempFolder } from "../support/files.ts";
import { alternate, type Bench, compare, median } from "./bench.ts";
import { invite, Load, startHoldfast } from "./support/crowd.ts";
import { startBareWs } from "./support/server.ts";

const RECEIVERS = 500;
const ROUNDS = 7;
const ROUND_MS = 3_000;
const WARM_UP_MS = 3_000;

export const bench: Bench = async () => {
  await using state = await TempFolder.make();
  await using service = await startHoldfast({
    STATE_FOLDER: state.path,
    ROOM_MAX_PARTICIPANTS: String(RECEIVERS + 1),
    ROOM_MAX_MESSAGES_PER_SECOND: "10000",
    ROOM_MAX_MESSAGE_BURST: "10000",
  });
  await using bare = await startBareWs("--broadcast");
  await using load = await Load.start("fanout.mts");
  const [invitations] = await invite(service, 1, RECEIVERS + 1);
  await load.run("join", { port: service.port, invitations });
  await load.run("connect", { port: bare.port, count: RECEIVERS });

  const hear = (whose: "ours" | "theirs", ms: number) => async () =>
    await load.run<number>(whose, { ms });
  await alternate(1, hear("ours", WARM_UP_MS), hear("theirs", WARM_UP_MS));
  const rates = await alternate(
    ROUNDS,
    hear("ours", ROUND_MS),
    hear("theirs", ROUND_MS),
  );
  return [compare({
    bench: `fanout.${RECEIVERS}`,
    value: median(rates.ours),
    unit: "deliveries/s",
    peer: "bare ws, broadcasts the same bytes",
    peerValue: median(rates.theirs),
    bound: { atLeast: 0.7 },
  })];
};
