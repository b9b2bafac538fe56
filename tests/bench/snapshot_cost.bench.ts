/**
 * What it costs a room that it is kept on disk: how many hear what is said there
 * in a second, while it is written down every 250 ms, and how many can join in a
 * second, when each is on disk before it is told that it is in. Beside it the
 * same service without a folder to write to.
 *
 * @module
 */
import { State } from "../support/state.ts";
import { alternate, type Bench, compare, median } from "./bench.ts";
import { startHoldfast } from "./support/crowd.ts";
import { KEYS, RoomsLoad } from "./support/rooms.ts";
import type { Server } from "./support/server.ts";

const GUESTS = 200;
const ROUNDS = 7;
const ROUND_MS = 2_000;
const WARM_UP_ROUNDS = 2;
const VISITED = { rooms: 20, guests: 10 };
/** No folder can be made there. */
const NOWHERE = "/dev/null/state";
const PEER = "the same service, keeps nothing";

export const bench: Bench = async () => {
  await using state = new State();
  await using kept = await start(state.path);
  await using fleeting = await start(NOWHERE);
  await using load = await RoomsLoad.start();
  const hear = (name: string) => () => load.hear(name, ROUND_MS);
  const visit = (server: Server) => async () => {
    const { totalMs } = await load.visit(
      { servers: [server], ...VISITED },
      VISITED.rooms,
    );
    return VISITED.rooms * VISITED.guests * 1_000 / totalMs;
  };

  await alternate(WARM_UP_ROUNDS, visit(kept), visit(fleeting));
  const joins = await alternate(ROUNDS, visit(kept), visit(fleeting));

  const room = { rooms: 1, guests: GUESTS };
  await load.join("kept", { servers: [kept], ...room });
  await load.join("fleeting", { servers: [fleeting], ...room });
  await alternate(WARM_UP_ROUNDS, hear("kept"), hear("fleeting"));
  const rates = await alternate(ROUNDS, hear("kept"), hear("fleeting"));
  return [
    compare({
      bench: `snapshot.cost.fanout.${GUESTS}`,
      value: median(rates.ours),
      unit: "deliveries/s",
      peer: PEER,
      peerValue: median(rates.theirs),
      bound: { atLeast: 0.9 },
    }),
    compare({
      bench: "snapshot.cost.join",
      value: median(joins.ours),
      unit: "joins/s",
      peer: PEER,
      peerValue: median(joins.theirs),
    }),
  ];
};

function start(folder: string): Promise<Server> {
  return startHoldfast({
    ...KEYS,
    STATE_FOLDER: folder,
    SFU_WORKERS: "1",
    ROOM_EMPTY_MS: "0",
    ROOM_MAX_PARTICIPANTS: "1000",
    ROOM_MAX_MESSAGES_PER_SECOND: "10000",
    ROOM_MAX_MESSAGE_BURST: "10000",
  });
}
