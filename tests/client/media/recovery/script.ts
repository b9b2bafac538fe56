import fc from "fast-check";
import {
  type Direction,
  directions,
} from "../../../../client/media/recovery/io.ts";
import type { World } from "./world.ts";

const direction = fc.constantFrom<Direction>("send", "recv");
const advice = fc.constantFrom<"alive" | "restart" | "recreate">(
  "alive",
  "restart",
  "recreate",
);

/** What can happen to media, and around it. */
const act = fc.oneof(
  fc.record({
    type: fc.constant("run" as const),
    ms: fc.integer({ min: 1, max: 6_000 }),
  }),
  fc.record({
    type: fc.constant("way" as const),
    direction,
    isUp: fc.boolean(),
    hasMedia: fc.boolean(),
    isExpected: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("connection" as const),
    direction,
    state: fc.constantFrom<RTCPeerConnectionState>(
      "connected",
      "disconnected",
      "failed",
    ),
  }),
  fc.record({ type: fc.constant("anotherPair" as const), direction }),
  fc.record({
    type: fc.constantFrom<"suspected" | "spoke" | "lost" | "rejoined">(
      "suspected",
      "spoke",
      "lost",
      "rejoined",
    ),
  }),
  fc.record({
    type: fc.constant("resumed" as const),
    send: advice,
    recv: advice,
  }),
  fc.record({ type: fc.constant("gone" as const), direction }),
  fc.record({ type: fc.constant("asked" as const), recreate: fc.boolean() }),
  fc.record({
    type: fc.constant("service" as const),
    restart: fc.constantFrom<"works" | "gone" | "refuses" | "hangs">(
      "works",
      "gone",
      "refuses",
      "hangs",
    ),
    recreate: fc.constantFrom<"works" | "fails" | "hangs">(
      "works",
      "fails",
      "hangs",
    ),
  }),
);
export type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

export const script = fc.array(act, { maxLength: 40 });

export function play(world: World, { ...act }: Act): void {
  switch (act.type) {
    case "run":
      return world.run(act.ms);
    case "way": {
      const { isUp, hasMedia, isExpected } = act;
      Object.assign(world.ways[act.direction], { isUp, hasMedia, isExpected });
      return;
    }
    case "connection":
      return world.connection(act.direction, act.state);
    case "anotherPair": {
      const way = world.ways[act.direction];
      way.pair = (way.pair ?? 0) + 1;
      way.packets = 0;
      way.answers = 0;
      return;
    }
    case "resumed":
      return world.resumed(act);
    case "gone":
      return world.handle({ type: "gone", id: world.ways[act.direction].id });
    case "asked":
      return world.handle(act);
    case "service":
      return serve(world, act);
    case "rejoined":
    case "spoke":
      world.isSignalingUp = true;
      return world.handle({ type: act.type });
    case "suspected":
    case "lost":
      world.isSignalingUp = false;
      return world.handle({ type: act.type });
  }
}

/** All that is under way is answered, and from now on all goes well. */
export function calmDown(world: World): void {
  world.handle({ type: "lost" });
  world.resumed();
  serve(world, { restart: "works", recreate: "works" });
  for (const direction of directions) {
    const way = world.ways[direction];
    Object.assign(way, { isUp: true, hasMedia: true, isExpected: true });
    world.connection(direction, "connected");
  }
  world.answerAll();
}

function serve(
  world: World,
  { restart, recreate }: Pick<
    Extract<Act, { type: "service" }>,
    "restart" | "recreate"
  >,
): void {
  world.onRestart = (ids) => {
    switch (restart) {
      case "works":
        return { type: "restarted", gone: [] };
      case "gone":
        return { type: "restarted", gone: ids };
      case "refuses":
        return {
          type: "restartRefused",
          reason: "too many",
          retryAfterMs: 5_000,
        };
      case "hangs":
        return undefined;
    }
  };
  world.onRecreate = (effect) => {
    if (recreate === "works") world.recreate(effect);
    if (recreate !== "fails") return;
    const { direction, number } = effect;
    world.handle({
      type: "recreationFailed",
      direction,
      number,
      reason: "away",
      retryAfterMs: 0,
    });
  };
}
