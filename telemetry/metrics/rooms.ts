/**
 * What the rooms hold, and what happens in them.
 *
 * @module
 */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { EndReason } from "../../protocol/mod.ts";
import type { Announced } from "../../rooms/announcements.ts";
import type { Core } from "../../rooms/core/core.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import type { Input } from "../../rooms/core/input.ts";
import type { RoomLoad } from "../../rooms/core/load.ts";
import { RecoveryMetrics } from "./recoveries.ts";

export type RoomId = { readonly name: string; readonly epoch: number };
const keyOf = ({ name, epoch }: RoomId) => `${name}/${epoch}`;

/** A core that tells how much it holds. */
export type Measurable = Core & { readonly load: RoomLoad };

const stages = ["joining", "connected", "reconnecting", "resuming"] as const;
const kinds = [
  "transports",
  "producers",
  "consumers",
  "dataProducers",
  "dataConsumers",
] as const;

const ROUND_TRIP_BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.2],
  ...[0.3, 0.5, 0.75, 1, 2, 4],
];

export class RoomMetrics {
  /** By name and epoch. */
  readonly #cores = new Map<string, Measurable>();
  readonly #roundTrips: Histogram;
  readonly #recoveries: RecoveryMetrics;
  readonly #ended: Counter<"reason">;
  readonly #crashed: Counter;
  readonly #show: (loads: readonly RoomLoad[]) => void;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#roundTrips = new Histogram({
      name: "holdfast_heartbeat_round_trip_seconds",
      help: "From a ping to its answer",
      buckets: ROUND_TRIP_BUCKETS,
      registers,
    });
    this.#recoveries = new RecoveryMetrics(registry);
    this.#ended = new Counter({
      name: "holdfast_sessions_ended_total",
      help: "Sessions that have ended; evictions have networkDisconnect",
      labelNames: ["reason"],
      registers,
    });
    for (const reason of EndReason.options) this.#ended.inc({ reason }, 0);
    this.#crashed = new Counter({
      name: "holdfast_rooms_crashed_total",
      help: "Rooms that ended by a bug",
      registers,
    });
    this.#show = roomGauges(registry);
  }

  /** A core that does what this one does, and is counted while its room lives. */
  watch(room: RoomId, core: Measurable): Core {
    const key = keyOf(room);
    this.#cores.set(key, core);
    return new WatchedCore(core, {
      roundTrip: (ms) => this.#roundTrips.observe(ms / 1_000),
      ended: () => this.#cores.delete(key),
    });
  }

  /** It is another process's now. */
  forget(room: RoomId): void {
    this.#cores.delete(keyOf(room));
  }

  /** To be called before what is measured is read. */
  measure(): void {
    this.#show([...this.#cores.values()].map(({ load }) => load));
  }

  hear(announced: Pick<Announced, "room" | "epoch" | "announcement">): void {
    const { room: name, epoch, announcement } = announced;
    switch (announcement.type) {
      case "participantLeft":
        return this.#ended.inc({ reason: announcement.reason });
      case "recovery":
        return this.#recoveries.hear(announcement);
      case "roomEnded":
        // The core of a room that crashed does not say so itself.
        this.#cores.delete(keyOf({ name, epoch }));
        if (announcement.reason === "nodeCrashed") this.#crashed.inc();
    }
  }
}

/** Set once a scrape, from one look at each room. */
function roomGauges(
  registry: Registry,
): (loads: readonly RoomLoad[]) => void {
  const registers = [registry];
  const rooms = new Gauge({
    name: "holdfast_rooms",
    help: "Rooms in this process",
    registers,
  });
  const sessions = new Gauge({
    name: "holdfast_sessions",
    help: "Sessions by what they do",
    labelNames: ["state"],
    registers,
  });
  const media = new Gauge({
    name: "holdfast_media",
    help: "What sessions hold open in the SFU",
    labelNames: ["kind"],
    registers,
  });
  const logEvents = new Gauge({
    name: "holdfast_event_log_events",
    help: "Events that clients have not acknowledged",
    registers,
  });
  const logBytes = new Gauge({
    name: "holdfast_event_log_bytes",
    help: "Bytes of events that clients have not acknowledged",
    registers,
  });
  const largestLog = new Gauge({
    name: "holdfast_event_log_largest_bytes",
    help: "Of the session that has the most",
    registers,
  });
  return (loads) => {
    const sum = (count: (load: RoomLoad) => number) =>
      loads.reduce((total, load) => total + count(load), 0);
    rooms.set(loads.length);
    for (const state of stages) {
      sessions.set({ state }, sum((load) => load.sessions[state]));
    }
    for (const kind of kinds) {
      media.set({ kind }, sum((load) => load.media[kind]));
    }
    logEvents.set(sum(({ log }) => log.events));
    logBytes.set(sum(({ log }) => log.bytes));
    const sizes = loads.map(({ log }) => log.largestBytes);
    largestLog.set(sizes.reduce((a, b) => Math.max(a, b), 0));
  };
}

type Watch = {
  readonly roundTrip: (ms: number) => void;
  readonly ended: () => void;
};

class WatchedCore implements Core {
  readonly #core: Core;
  readonly #watch: Watch;

  constructor(core: Core, watch: Watch) {
    this.#core = core;
    this.#watch = watch;
  }

  get deadline(): number {
    return this.#core.deadline;
  }

  handle(input: Input, now: number): Effect[] {
    const effects = this.#handle(input, now);
    for (const effect of effects) {
      if (effect.type === "roundTrip") this.#watch.roundTrip(effect.ms);
      else if (effect.type === "end") this.#watch.ended();
    }
    return effects;
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#core.snapshot();
  }

  /** Who has thrown is never asked again. */
  #handle(input: Input, now: number): Effect[] {
    try {
      return this.#core.handle(input, now);
    } catch (error) {
      this.#watch.ended();
      throw error;
    }
  }
}
