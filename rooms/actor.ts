/**
 * Runs one room: puts everything that happens to it in one order, does what the
 * core wants done, and keeps its alarm.
 *
 * @module
 */
import type { CloseName } from "../protocol/mod.ts";
import type { SfuLink } from "../sfu/link.ts";
import type { Log } from "../log.ts";
import { Alarm } from "./alarm.ts";
import { logAnnouncement } from "./announcement_log.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Clock } from "../clock.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import {
  type AdminCommand,
  type AdminOutcome,
  done,
  refused,
} from "./core/admin/command.ts";
import type { Ban } from "./core/bans.ts";
import type { Core, TraceStep } from "./core/core.ts";
import type { Announcement, Effect } from "./core/effect.ts";
import type {
  Admission,
  GoingAway,
  Input,
  SessionId,
  Verdict,
} from "./core/input.ts";
import type { IceServersFor } from "./ice_servers.ts";
import { OperatorRequests } from "./operator_requests.ts";
import { RoomLink } from "./room_link.ts";
import { SavePace } from "./save_pace.ts";
import { Saver } from "./saver.ts";
import type { SnapshotStore } from "./snapshots.ts";

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
/** Milliseconds: a store that is slow, or away, must not keep anybody out. */
const KEEP_LIMIT_MS = 200;
/** Where it has to, until the client is to try again. */
const REFUSE_MS = 1_500;

type State = "idle" | "running" | "ended";

export class Actor {
  readonly #options: ActorOptions;
  readonly #log: Log;
  readonly #connections: Connections;
  readonly #link: RoomLink;
  /** Holds more than one only while effects bring new inputs about. */
  readonly #inputs: Input[] = [];
  readonly #requests: OperatorRequests;
  readonly #saver: Saver | undefined;
  readonly #alarm: Alarm;
  #state: State = "idle";
  /** Told to who comes too late. */
  #lateCode: CloseName = "roomClosed";

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#log = options.log.with({ room: options.name, epoch: options.epoch });
    const saver = this.#saver = saverOf(options, this.#log);
    const { link, epoch, clock, core } = options;
    this.#link = new RoomLink({
      link,
      epoch,
      hear: (input) => this.post(input),
      onFenced: options.onFenced,
      onLeft: options.onRouterLeft,
    });
    const refusesUnkept = options.entersWhenKept ?? false;
    const limitMs = refusesUnkept ? REFUSE_MS : KEEP_LIMIT_MS;
    const keeping = { log: this.#log, saver, limitMs };
    this.#connections = new Connections({ ...keeping, refusesUnkept });
    this.#requests = new OperatorRequests(keeping);
    this.#alarm = new Alarm({
      clock,
      deadline: () => core.deadline,
      ring: () => this.post({ type: "tick" }),
    });
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
    if (this.#link.isUp) this.#alarm.update();
    else this.post({ type: "sfuDown" });
    if (this.#options.isRestored) this.post({ type: "restored" });
  }

  /** Takes a connection over from the lobby. */
  join(connection: Connection, admission: Admission): void {
    if (this.#ended) return connection.close(this.#lateCode);
    const { id } = connection;
    this.#connections.add(connection, {
      received: (text) => this.post({ type: "received", connection: id, text }),
      closed: (clean) => this.post({ type: "closed", connection: id, clean }),
    });
    this.post({ type: "opened", connection: id, admission });
  }

  /** Does what an operator asks; refused with `roomEnded` where it is too late. */
  command(command: AdminCommand): Promise<AdminOutcome> {
    if (this.#ended) return Promise.resolve(refused("roomEnded"));
    return this.#requests.ask((request) =>
      this.post({ type: "admin", request, command })
    );
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
    this.#letGo();
    this.#link.leave();
    await this.#saver?.saveBeforeStop();
    this.#connections.releaseAll();
    this.#saver?.stop();
    this.#requests.refuseAll();
    this.#connections.closeAll("goingAway");
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
    this.#requests.refuseAll();
    this.#connections.closeAll("goingAway");
    this.#saver?.stop();
  }

  /** Resolves when what is true now is kept, or that takes too long. */
  async kept(): Promise<void> {
    if (this.#ended) return;
    await this.#requests.ask((request) => this.#requests.answer(request, done));
  }

  /** What was kept is gone. */
  keepAgain(): void {
    this.#saver?.changed();
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
    this.#alarm.update();
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
        return this.#connections.send(connection, text, whenKept);
      }
      case "close":
        return this.#connections.close(effect.connection, effect.code);
      case "call":
        return this.#link.call(effect);
      case "renewIceServers":
        return this.#renewIceServers(effect.sessionId);
      case "wrongSecret":
        return this.#connections.hasGuessed(effect.connection);
      // For who watches the core: it has seen it.
      case "roundTrip":
        return;
      case "verify":
        return this.#verify(effect);
      case "adminAnswer":
        return this.#requests.answer(effect.request, effect.outcome);
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
    logAnnouncement(this.#log, announcement);
    this.#options.onAnnouncement?.(announcement);
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
    this.#connections.closeAll("internalError");
    this.#end();
  }

  #end(bans: readonly Ban[] = []): void {
    if (this.#ended) return;
    this.#letGo();
    this.#link.close();
    this.#connections.closeAll("roomClosed");
    this.#saver?.end();
    this.#requests.refuseAll();
    this.#options.onEnd(bans);
  }

  /** From now on nothing is heard. */
  #letGo(): void {
    this.#state = "ended";
    this.#inputs.length = 0;
    this.#alarm.cancel();
  }
}

/** Waits for it. */
const nobody = () => {};

function saverOf(
  { name: room, epoch, snapshots: store, clock, core, savePace }: ActorOptions,
  log: Log,
): Saver | undefined {
  if (store === undefined) return undefined;
  const snapshot = () => core.snapshot();
  const pace = savePace ?? new SavePace();
  return new Saver({ store, room, epoch, clock, log, snapshot, pace });
}
