/**
 * What processes say to each other, over Redis' channels: one `Channel` to each
 * process that this one has something to say to, or has heard of.
 *
 * @module
 */
import * as z from "zod";
import type { Log } from "../../../log.ts";
import type { Clock } from "../../../clock.ts";
import {
  type Break,
  Channel,
  type ChannelLimits,
  type Frame,
} from "./channel.ts";
import type { RedisConnection } from "./connect.ts";

export type BusListener = {
  /** Each message once, in the order in which the peer sent them. */
  heard(peer: string, message: unknown): void;
  /** Comes once for all that was under way to and from the peer. */
  broken(peer: string, why: Break): void;
};

export type BusOptions = {
  /** Of this process. */
  readonly node: string;
  readonly prefix: string;
  readonly publisher: RedisConnection;
  /** For nothing else. */
  readonly subscriber: RedisConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ChannelLimits;
  readonly newId: () => string;
};

const Envelope = z.object({
  from: z.string(),
  channel: z.string(),
  peer: z.string().nullable(),
  seq: z.int(),
  ack: z.int(),
  gap: z.boolean(),
  bodies: z.array(z.unknown()),
});

type Line = {
  readonly channel: Channel;
  isPumping: boolean;
  cancelTimer: () => void;
};

/** Until another try to subscribe. */
const AGAIN_MS = 500;

export class Bus {
  readonly #options: BusOptions;
  readonly #listener: BusListener;
  readonly #lines = new Map<string, Line>();
  #state: "open" | "closed" = "open";
  #cancelSubscribe = () => {};

  constructor(options: BusOptions, listener: BusListener) {
    this.#options = options;
    this.#listener = listener;
    const { subscriber } = options;
    subscriber.on(
      "message",
      (_place: string, text: string) => this.#read(text),
    );
    subscriber.on("ready", () => this.#subscribe());
    this.#subscribe();
  }

  /** `key`: on whose behalf. */
  send(peer: string, message: object, key = ""): void {
    if (this.#state === "closed") return;
    const line = this.#lineTo(peer);
    line.channel.send(JSON.stringify(message), key);
    this.#pumpSoon(peer, line);
  }

  /** UTF-16 units that wait, of those sent on behalf of `key`. */
  waitingOf(peer: string, key: string): number {
    return this.#lines.get(peer)?.channel.waitingOf(key) ?? 0;
  }

  close(): void {
    this.#state = "closed";
    this.#cancelSubscribe();
    for (const { cancelTimer } of this.#lines.values()) cancelTimer();
    this.#lines.clear();
  }

  #subscribe(): void {
    const { subscriber, node, clock } = this.#options;
    this.#cancelSubscribe();
    if (this.#state === "closed" || subscriber.status !== "ready") return;
    subscriber.subscribe(this.#place(node)).catch(() => {
      if (this.#state === "closed") return;
      this.#cancelSubscribe();
      this.#cancelSubscribe = clock.after(AGAIN_MS, () => this.#subscribe());
    });
  }

  #lineTo(peer: string): Line {
    const known = this.#lines.get(peer);
    if (known) return known;
    const { clock, limits, newId } = this.#options;
    const line: Line = {
      channel: new Channel(newId(), clock.now(), limits),
      isPumping: false,
      cancelTimer() {},
    };
    this.#lines.set(peer, line);
    return line;
  }

  #read(text: string): void {
    if (this.#state === "closed") return;
    const envelope = parse(text);
    if (envelope === undefined) {
      return this.#options.log.error("bus: a frame cannot be read");
    }
    const { from, ...frame } = envelope;
    let line = this.#lineTo(from);
    let bodies = line.channel.receive(frame, this.#options.clock.now());
    if (line.channel.broken) {
      this.#drop(from, line);
      line = this.#lineTo(from);
      bodies = line.channel.receive(frame, this.#options.clock.now());
    }
    for (const body of bodies) this.#listener.heard(from, body);
    this.#pumpSoon(from, line);
  }

  /** What is said in one turn goes in one frame. */
  #pumpSoon(peer: string, line: Line): void {
    if (line.isPumping) return;
    line.isPumping = true;
    queueMicrotask(() => {
      line.isPumping = false;
      this.#pump(peer, line);
    });
  }

  #pump(peer: string, line: Line): void {
    if (this.#lines.get(peer) !== line) return;
    const { clock } = this.#options;
    const { channel } = line;
    channel.tick(clock.now());
    for (
      let frame = channel.next(clock.now());
      frame;
      frame = channel.next(clock.now())
    ) this.#publish(peer, line, frame);
    if (channel.broken) return this.#drop(peer, line);
    line.cancelTimer();
    const wait = Math.max(1, Math.ceil(channel.deadline - clock.now()));
    line.cancelTimer = clock.after(wait, () => this.#pump(peer, line));
  }

  #publish(peer: string, line: Line, frame: Frame): void {
    const { publisher, node, clock } = this.#options;
    publisher.publish(this.#place(peer), write(node, frame)).then(
      (receivers) => {
        line.channel.reached(receivers, clock.now());
        if (receivers === 0) this.#pumpSoon(peer, line);
      },
      // It is sent again, unless that takes too long.
      () => {},
    );
  }

  #drop(peer: string, line: Line): void {
    line.cancelTimer();
    if (this.#lines.get(peer) !== line) return;
    this.#lines.delete(peer);
    const why = line.channel.broken ?? "gone";
    this.#options.log.info("bus: lost a process", { peer, why });
    this.#listener.broken(peer, why);
  }

  #place(node: string): string {
    return `${this.#options.prefix}:bus:${node}`;
  }
}

/** By hand, since the bodies are JSON already. */
function write(from: string, { bodies, ...head }: Frame): string {
  const text = JSON.stringify({ from, ...head });
  return `${text.slice(0, -1)},"bodies":[${bodies.join(",")}]}`;
}

function parse(text: string): z.infer<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
