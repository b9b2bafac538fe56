/**
 * Runs one room: puts everything that happens to it in one order, does what the
 * core wants done, and keeps its alarm.
 *
 * @module
 */
import type { CloseName } from "../protocol/mod.ts";
import type { SfuLink } from "../sfu/link.ts";
import type { Fields, Log } from "../log.ts";
import { Alarm } from "./alarm.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Clock } from "../clock.ts";
import type { Connection } from "./connection.ts";
import {
  type AdminCommand,
  type AdminOutcome,
  done,
  refused,
} from "./core/admin/command.ts";
import type { Ban } from "./core/bans.ts";
import type { Announcement, Effect } from "./core/effect.ts";
import type {
  Admission,
  ConnectionId,
  GoingAway,
  Input,
  SessionId,
  Verdict,
} from "./core/input.ts";
import type { IceServersFor } from "./ice_servers.ts";
import { RoomLink } from "./room_link.ts";
import { SavePace } from "./save_pace.ts";
import { Saver } from "./saver.ts";
import type { SnapshotStore } from "./snapshots.ts";
import { Withheld } from "./withheld.ts";

/** The pure core, as `Room` implements it. */
export interface Core {
  /** Milliseconds since 1970 at which it wants a `tick`; `Infinity` for never. */
  readonly deadline: number;
  handle(input: Input, now: number): Effect[];
  /** All that is to outlive the process. */
  snapshot(): Uint8Array<ArrayBuffer>;
}

/**
 * Runs one step, which does what its input wants and gives what that was. For
 * who follows requests to what they bring about.
 */
export type TraceStep = (
  room: string,
  input: Input,
  step: () => readonly Effect[],
) => void;

export type ActorOptions = {
  readonly name: string;
  /** Goes with every call, so that the sidecar can refuse an owner of the past. */
  readonly epoch: number;
  readonly core: Core;
  readonly link: SfuLink;
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly iceServersFor: IceServersFor;
  /** Where the room is kept; missing: it dies with the process. */
  readonly snapshots?: SnapshotStore;
  /** Of all rooms that share it; missing: its own. */
  readonly savePace?: SavePace;
  /** Whether the core was taken up from there. */
  readonly isRestored?: boolean;
  /** Whether nobody is let in who is not kept: others may go on with the room. */
  readonly entersWhenKept?: boolean;
  readonly traceStep?: TraceStep;
  readonly onAnnouncement?: (announcement: Announcement) => void;
  /** A router obeys a newer owner; missing: it is lost. */
  readonly onFenced?: () => void;
  /** The room is let go of, and its router with it; missing: so is the process. */
  readonly onRouterLeft?: (routerId: string) => void;
  /** Runs once, with the bans that go on; the actor ignores whatever comes after. */
  readonly onEnd: (bans: readonly Ban[]) => void;
};

const BUSY_RETRY_MS = 2_000;
/** Milliseconds that a room has to be kept when the process stops. */
const STOP_LIMIT_MS = 2_000;

type State = "idle" | "running" | "ended";

export class Actor {
  readonly #options: ActorOptions;
  readonly #log: Log;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #link: RoomLink;
  /** Holds more than one only while effects bring new inputs about. */
  readonly #inputs: Input[] = [];
  /** Of operators, by their numbers. */
  readonly #requests = new Map<number, (outcome: AdminOutcome) => void>();
  #lastRequest = 0;
  readonly #saver: Saver | undefined;
  readonly #withheld: Withheld;
  readonly #alarm: Alarm;
  #state: State = "idle";
  /** Told to who comes too late. */
  #lateCode: CloseName = "roomClosed";

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#log = options.log.with({ room: options.name, epoch: options.epoch });
    const saver = this.#saver = saverOf(options, this.#log);
    const { link, epoch, clock } = options;
    this.#link = new RoomLink({
      link,
      epoch,
      hear: (input) => this.post(input),
      onFenced: options.onFenced,
      onLeft: options.onRouterLeft,
    });
    this.#withheld = new Withheld({
      clock,
      log: this.#log,
      saver,
      send: (id, text) => this.#connections.get(id)?.send(text),
      ...(options.entersWhenKept && {
        refuse: (id) => this.#connections.get(id)?.close("tryAgainLater"),
      }),
    });
    this.#alarm = new Alarm(clock, () => this.#ring());
  }

  get name(): string {
    return this.#options.name;
  }

  get epoch(): number {
    return this.#options.epoch;
  }

  /** How many are with it. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Tells the core what it could not hear before it was there. */
  start(): void {
    if (this.#link.isUp) this.#wait();
    else this.post({ type: "sfuDown" });
    if (this.#options.isRestored) this.post({ type: "restored" });
  }

  /** Takes a connection over from the lobby. */
  join(connection: Connection, admission: Admission): void {
    if (this.#ended) return connection.close(this.#lateCode);
    const { id } = connection;
    this.#connections.set(id, connection);
    connection.listen({
      received: (text) => this.post({ type: "received", connection: id, text }),
      closed: (clean) => {
        this.#connections.delete(id);
        this.#withheld.forget(id);
        this.post({ type: "closed", connection: id, clean });
      },
    });
    this.post({ type: "opened", connection: id, admission });
  }

  /** Does what an operator asks; refused with `roomEnded` where it is too late. */
  command(command: AdminCommand): Promise<AdminOutcome> {
    if (this.#ended) return Promise.resolve(refused("roomEnded"));
    const [request, outcome] = this.#request();
    this.post({ type: "admin", request, command });
    return outcome;
  }

  /** Inputs are handled in the order in which they are posted. */
  post(input: Input): void {
    if (this.#state === "ended") return;
    this.#inputs.push(input);
    if (this.#state === "running") return;
    this.#state = "running";
    this.#drain();
  }

  /**
   * Tells all to come back later, keeps the room, and lets go of it: its media
   * flows on for whoever takes it up. Resolves when that is possible.
   */
  async suspend(notice: GoingAway): Promise<void> {
    if (this.#ended) return;
    this.post(notice);
    this.#lateCode = "goingAway";
    const ids = [...this.#connections.keys()];
    this.#letGo();
    this.#link.leave();
    await this.#keep();
    for (const id of ids) this.#withheld.release(id);
    this.#saver?.stop();
    this.#refuseAll();
    this.#closeAll("goingAway");
  }

  /**
   * Lets go of a room that is another process's, and leaves everything as it is.
   * Clients come back at once, to wherever it is.
   */
  abandon(): void {
    if (this.#ended) return;
    this.#lateCode = "goingAway";
    this.#letGo();
    this.#link.leave();
    this.#withheld.forgetAll();
    this.#saver?.stop();
    this.#refuseAll();
    this.#closeAll("goingAway");
  }

  /** Resolves when what is true now is kept, or that takes too long. */
  async kept(): Promise<void> {
    if (this.#ended) return;
    const [request, outcome] = this.#request();
    this.#outcome(request, done);
    await outcome;
  }

  /** What was kept is gone. */
  keepAgain(): void {
    this.#saver?.changed();
  }

  /** Within limits: who stops cannot wait for long. */
  async #keep(): Promise<void> {
    const saver = this.#saver;
    if (saver === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(STOP_LIMIT_MS, () => {
      this.#log.error("not kept in time");
      resolve();
    });
    saver.save(resolve);
    await promise;
    cancel();
  }

  #drain(): void {
    for (
      let input = this.#inputs.shift();
      input !== undefined;
      input = this.#inputs.shift()
    ) {
      this.#step(input);
      if (this.#ended) return;
    }
    this.#state = "idle";
    this.#wait();
  }

  get #ended(): boolean {
    return this.#state === "ended";
  }

  #step(input: Input): void {
    const { name, traceStep } = this.#options;
    try {
      if (traceStep === undefined) this.#handle(input);
      else traceStep(name, input, () => this.#handle(input));
    } catch (error) {
      this.#crash(input, error);
    }
  }

  #handle(input: Input): readonly Effect[] {
    const { core, clock } = this.#options;
    const effects = core.handle(input, clock.now());
    for (const effect of effects) this.#run(effect);
    return effects;
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case "send": {
        const { connection, text, whenKept } = effect;
        return this.#withheld.send(connection, text, whenKept);
      }
      case "close":
        this.#withheld.release(effect.connection);
        return this.#connections.get(effect.connection)?.close(effect.code);
      case "call":
        return this.#link.call(effect);
      case "renewIceServers":
        return this.#renewIceServers(effect.sessionId);
      case "wrongSecret":
        return this.#connections.get(effect.connection)?.hasGuessed();
      // For who watches the core: it has seen it.
      case "roundTrip":
        return;
      case "verify":
        return this.#verify(effect);
      case "adminAnswer":
        return this.#outcome(effect.request, effect.outcome);
      case "persist":
        return effect.soon
          ? void this.#saver?.save(nobody)
          : this.#saver?.changed();
      case "announce":
        return this.#announce(effect.announcement);
      case "end":
        return this.#end(effect.bans);
    }
  }

  #announce(announcement: Announcement): void {
    const level = isStep(announcement) ? "info" : "debug";
    this.#log[level](announcement.type, loggable(announcement));
    this.#options.onAnnouncement?.(announcement);
  }

  #request(): [request: number, outcome: Promise<AdminOutcome>] {
    const request = ++this.#lastRequest;
    const { promise, resolve } = Promise.withResolvers<AdminOutcome>();
    this.#requests.set(request, resolve);
    return [request, promise];
  }

  /** What was done is told when it is kept. */
  #outcome(request: number, outcome: AdminOutcome): void {
    const tell = () => this.#answer(request, outcome);
    if (outcome.type === "done") this.#withheld.tell(tell);
    else tell();
  }

  #answer(request: number, outcome: AdminOutcome): void {
    this.#requests.get(request)?.(outcome);
    this.#requests.delete(request);
  }

  #verify(
    { sessionId, requestId, token }: Extract<Effect, { type: "verify" }>,
  ): void {
    const { authenticate, name } = this.#options;
    const tell = (verdict: Verdict) =>
      this.post({ type: "verified", sessionId, requestId, verdict });
    authenticate(token, name).then(tell, (error) => {
      this.#log.error("check of a token failed", { error });
      tell({ ok: false, error: "busy", retryAfterMs: BUSY_RETRY_MS });
    });
  }

  #renewIceServers(sessionId: SessionId): void {
    const { clock, iceServersFor } = this.#options;
    const iceServers = iceServersFor(sessionId, clock.now());
    this.post({ type: "iceServers", sessionId, iceServers });
  }

  #wait(): void {
    this.#alarm.set(this.#options.core.deadline);
  }

  #ring(): void {
    const { core, clock } = this.#options;
    if (clock.now() < core.deadline) this.#wait();
    else this.post({ type: "tick" });
  }

  /** A bug in the core, or in what runs its effects. */
  #crash(input: Input, error: unknown): void {
    this.#log.error("room crashed", {
      input: input.type,
      connections: this.#connections.size,
      routers: this.#link.routers,
      deadlineInMs: Math.round(
        this.#options.core.deadline - this.#options.clock.now(),
      ),
      error,
    });
    this.#closeAll("internalError");
    this.#end();
  }

  #end(bans: readonly Ban[] = []): void {
    if (this.#ended) return;
    this.#letGo();
    this.#link.close();
    this.#closeAll("roomClosed");
    this.#saver?.end();
    this.#refuseAll();
    this.#options.onEnd(bans);
  }

  /** Those that the core closed already are closing, and stay as they are. */
  #closeAll(code: CloseName): void {
    for (const connection of this.#connections.values()) connection.close(code);
    this.#connections.clear();
  }

  /** From now on nothing is heard. */
  #letGo(): void {
    this.#state = "ended";
    this.#inputs.length = 0;
    this.#alarm.cancel();
  }

  /** Nobody waits for what will not be done, or is not kept. */
  #refuseAll(): void {
    for (const request of this.#requests.keys()) {
      this.#answer(request, refused("roomEnded"));
    }
  }
}

/** Waits for it. */
const nobody = () => {};

/** The others come as often as clients like. */
const isStep = ({ type }: Announcement): boolean =>
  !type.startsWith("producer") && type !== "participantUpdated";

function saverOf(
  { name: room, epoch, snapshots: store, clock, core, savePace }: ActorOptions,
  log: Log,
): Saver | undefined {
  if (store === undefined) return undefined;
  const snapshot = () => core.snapshot();
  const pace = savePace ?? new SavePace();
  return new Saver({ store, room, epoch, clock, log, snapshot, pace });
}

/** What says who somebody is in the world outside, and so is in no log. */
const personal: ReadonlySet<string> = new Set(["identity", "name", "metadata"]);

const loggable = ({ type: _, ...fields }: Announcement): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(([field]) => !personal.has(field)),
  );
