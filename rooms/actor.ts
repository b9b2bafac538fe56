/**
 * Runs one room: puts everything that happens to it in one order, does what the
 * core wants done, and keeps its alarm.
 *
 * @module
 */
import type { CloseName } from "../protocol/mod.ts";
import type { LinkReply, SfuLink } from "../sfu/link.ts";
import type { SfuEvent, SfuMethod } from "../sfu/methods.ts";
import type { Fields, Log } from "../log.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import {
  type AdminCommand,
  type AdminOutcome,
  refused,
} from "./core/admin/command.ts";
import type { Ban } from "./core/admin/bans.ts";
import type { Announcement, Call, Effect } from "./core/effect.ts";
import type {
  Admission,
  ConnectionId,
  GoingAway,
  Input,
  SessionId,
  Verdict,
} from "./core/input.ts";
import type { IceServersFor } from "./ice_servers.ts";
import { Saver } from "./saver.ts";
import type { SnapshotStore } from "./snapshots.ts";

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
  /** Whether the core was taken up from there. */
  readonly isRestored?: boolean;
  readonly traceStep?: TraceStep;
  readonly onAnnouncement?: (announcement: Announcement) => void;
  /** Runs once, with the bans that go on; the actor ignores whatever comes after. */
  readonly onEnd: (bans: readonly Ban[]) => void;
};

/** The most that timers can wait; a tick that comes early does no harm. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const BUSY_RETRY_MS = 2_000;
/** Milliseconds that an answer waits for what it says to be kept (HO2). */
const KEEP_LIMIT_MS = 200;
/** Milliseconds that a room has to be kept when the process stops. */
const STOP_LIMIT_MS = 2_000;

type State = "idle" | "running" | "ended";

export class Actor {
  readonly #options: ActorOptions;
  readonly #log: Log;
  readonly #connections = new Map<ConnectionId, Connection>();
  /** Routers that are open as far as is known, with what ends their events. */
  readonly #routers = new Map<string, () => void>();
  /** Holds more than one only while effects bring new inputs about. */
  readonly #inputs: Input[] = [];
  /** Of operators, by their numbers. */
  readonly #requests = new Map<number, (outcome: AdminOutcome) => void>();
  #lastRequest = 0;
  readonly #unsubscribe: () => void;
  readonly #saver: Saver | undefined;
  /** What connections are told when what was told first is kept. */
  readonly #held = new Map<ConnectionId, string[]>();
  #state: State = "idle";
  /** Told to who comes too late. */
  #lateCode: CloseName = "roomClosed";
  #alarm: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#log = options.log.with({ room: options.name, epoch: options.epoch });
    this.#saver = saverOf(options, this.#log);
    this.#unsubscribe = options.link.onState((state, fresh) =>
      state === "up" ? this.#sfuUp(fresh) : this.post({ type: "sfuDown" })
    );
  }

  get name(): string {
    return this.#options.name;
  }

  get epoch(): number {
    return this.#options.epoch;
  }

  /** Tells the core what it could not hear before it was there. */
  start(): void {
    if (this.#options.link.state === "up") this.#setAlarm();
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
        this.#held.delete(id);
        this.post({ type: "closed", connection: id, clean });
      },
    });
    this.post({ type: "opened", connection: id, admission });
  }

  /** Does what an operator asks; refused with `roomEnded` where it is too late. */
  command(command: AdminCommand): Promise<AdminOutcome> {
    if (this.#ended) return Promise.resolve(refused("roomEnded"));
    const request = ++this.#lastRequest;
    const { promise, resolve } = Promise.withResolvers<AdminOutcome>();
    this.#requests.set(request, resolve);
    this.post({ type: "admin", request, command });
    return promise;
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
    const connections = [...this.#connections.values()];
    this.#letGo();
    for (const forget of this.#routers.values()) forget();
    this.#routers.clear();
    await this.#keep();
    for (const { id } of connections) this.#release(id);
    for (const connection of connections) connection.close("goingAway");
    this.#connections.clear();
    this.#saver?.stop();
  }

  /**
   * Lets go of a room that is another process's, and leaves everything as it is.
   * Clients come back at once, to wherever it is.
   */
  abandon(): void {
    if (this.#ended) return;
    this.#lateCode = "goingAway";
    this.#letGo();
    for (const forget of this.#routers.values()) forget();
    this.#routers.clear();
    this.#held.clear();
    this.#saver?.stop();
    for (const connection of this.#connections.values()) {
      connection.close("goingAway");
    }
    this.#connections.clear();
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
    this.#setAlarm();
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
      case "send":
        return this.#send(effect);
      case "close":
        this.#release(effect.connection);
        return this.#connections.get(effect.connection)?.close(effect.code);
      case "call":
        return this.#call(effect);
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
        return this.#answer(effect.request, effect.outcome);
      case "persist":
        return this.#saver?.changed();
      case "announce":
        return this.#announce(effect.announcement);
      case "end":
        return this.#end(effect.bans);
    }
  }

  #send(
    { connection, text, whenKept }: Extract<Effect, { type: "send" }>,
  ): void {
    const held = this.#held.get(connection);
    if (held) held.push(text);
    else if (whenKept && this.#saver) this.#hold(connection, text, this.#saver);
    else this.#connections.get(connection)?.send(text);
  }

  /** A store that is slow, or away, must not keep anybody out. */
  #hold(connection: ConnectionId, text: string, saver: Saver): void {
    const texts = [text];
    this.#held.set(connection, texts);
    const release = () => {
      if (this.#held.get(connection) === texts) this.#release(connection);
    };
    const cancel = this.#options.clock.after(KEEP_LIMIT_MS, () => {
      this.#log.warn("answered before it was kept", { connection });
      release();
    });
    saver.save(() => {
      cancel();
      release();
    });
  }

  #release(connection: ConnectionId): void {
    const texts = this.#held.get(connection);
    this.#held.delete(connection);
    for (const text of texts ?? []) {
      this.#connections.get(connection)?.send(text);
    }
  }

  #announce(announcement: Announcement): void {
    const level = isStep(announcement) ? "info" : "debug";
    this.#log[level](announcement.type, loggable(announcement));
    this.#options.onAnnouncement?.(announcement);
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

  #call(effect: Call): void {
    const { call, method, params } = effect;
    if (effect.method === "closeRouter") {
      this.#forgetRouter(effect.params.routerId);
    }
    const { link, epoch } = this.#options;
    link.call<SfuMethod>(method, params, { epoch }, (reply) => {
      this.#noticeRouter(method, reply);
      this.post({ type: "sfuReplied", call, reply });
    });
  }

  /** At once, so that no event of a new router is missed. */
  #noticeRouter(method: SfuMethod, reply: LinkReply<SfuMethod>): void {
    if (method !== "createRouter" && method !== "claimRouter") return;
    if (!reply.ok || !("routerId" in reply.result)) return;
    const { routerId } = reply.result;
    if (this.#ended) return this.#closeRouter(routerId);
    const { link } = this.#options;
    this.#routers.set(
      routerId,
      link.subscribe(routerId, (event) => this.#sfuEvent(event)),
    );
  }

  #forgetRouter(routerId: string): void {
    this.#routers.get(routerId)?.();
    this.#routers.delete(routerId);
  }

  /** For a router that no core looks after any more. */
  #closeRouter(routerId: string): void {
    const { link, epoch } = this.#options;
    link.call("closeRouter", { routerId }, { epoch }, () => {});
  }

  #sfuEvent(event: SfuEvent): void {
    if (event.event === "routerClosed") {
      this.#forgetRouter(event.params.routerId);
    }
    this.post({ type: "sfuEvent", event });
  }

  #sfuUp(fresh: boolean): void {
    for (const routerId of fresh ? [...this.#routers.keys()] : []) {
      const params = { routerId, cause: "leaseExpired" } as const;
      this.#sfuEvent({ event: "routerClosed", params });
    }
    this.post({ type: "sfuUp" });
  }

  /** An alarm that is too early is left alone: when it rings, it is set again. */
  #setAlarm(): void {
    const { core, clock } = this.#options;
    const at = core.deadline;
    if (at === Infinity || (this.#alarm && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const wait = Math.max(0, Math.ceil(at - clock.now()));
    const cancel = clock.after(
      Math.min(wait, LONGEST_TIMER_MS),
      () => this.#ring(),
    );
    this.#alarm = { at, cancel };
  }

  #ring(): void {
    this.#alarm = undefined;
    const { core, clock } = this.#options;
    if (clock.now() < core.deadline) this.#setAlarm();
    else this.post({ type: "tick" });
  }

  /** A bug in the core, or in what runs its effects. */
  #crash(input: Input, error: unknown): void {
    this.#log.error("room crashed", {
      input: input.type,
      connections: this.#connections.size,
      routers: this.#routers.size,
      deadlineInMs: Math.round(
        this.#options.core.deadline - this.#options.clock.now(),
      ),
      error,
    });
    for (const connection of this.#connections.values()) {
      connection.close("internalError");
    }
    this.#end();
  }

  #end(bans: readonly Ban[] = []): void {
    if (this.#ended) return;
    this.#letGo();
    for (const routerId of [...this.#routers.keys()]) {
      this.#forgetRouter(routerId);
      this.#closeRouter(routerId);
    }
    // Those that the core closed already are closing, and stay as they are.
    for (const connection of this.#connections.values()) {
      connection.close("roomClosed");
    }
    this.#connections.clear();
    this.#saver?.end();
    this.#options.onEnd(bans);
  }

  /** From now on nothing is heard, and nobody waits for what will not be done. */
  #letGo(): void {
    this.#state = "ended";
    this.#inputs.length = 0;
    this.#alarm?.cancel();
    this.#unsubscribe();
    for (const request of this.#requests.keys()) {
      this.#answer(request, refused("roomEnded"));
    }
  }
}

/** The others come as often as clients like. */
const isStep = ({ type }: Announcement): boolean =>
  !type.startsWith("producer") && type !== "participantUpdated";

function saverOf(
  { name: room, epoch, snapshots: store, clock, core }: ActorOptions,
  log: Log,
): Saver | undefined {
  if (store === undefined) return undefined;
  const snapshot = () => core.snapshot();
  return new Saver({ store, room, epoch, clock, log, snapshot });
}

/** What says who somebody is in the world outside, and so is in no log. */
const personal: ReadonlySet<string> = new Set(["identity", "name", "metadata"]);

const loggable = ({ type: _, ...fields }: Announcement): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(([field]) => !personal.has(field)),
  );
