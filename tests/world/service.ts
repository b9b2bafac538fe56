/**
 * The service's process: the real actor around the real room, behind a lobby
 * that does what the real one does, at once and without cryptography.
 */
import type { Clock } from "../../clock.ts";
import {
  type CloseName,
  encodeError,
  type EndReason,
  type ErrorName,
  errorObject,
  JoinParams,
  parseFrame,
  type Policy,
  ResumeParams,
} from "../../protocol/mod.ts";
import {
  Connection,
  type ConnectionListener,
  type Socket,
  type SocketListener,
} from "../../rooms/connection.ts";
import type {
  AdminCommand,
  Admission,
  IceServers,
  Secret,
  Verdict,
} from "../../rooms/core/input.ts";
import { Room } from "../../rooms/core/room.ts";
import { decode } from "../../rooms/core/snapshot/decode.ts";
import type { Snapshot } from "../../rooms/core/snapshot/schema.ts";
import { Registry } from "../../rooms/registry.ts";
import type { Stored } from "../../rooms/snapshots.ts";
import { claimsOf } from "../rooms/fakes/claims.ts";
import type { Backend } from "./backend.ts";
import type { Journal } from "./journal.ts";
import type { Gate } from "./network.ts";
import type { Act } from "./plan.ts";
import { type Crash, quietLog } from "./quiet_log.ts";
import { Random } from "./random.ts";
import type { Sfu } from "./sfu.ts";
import type { SfuWay } from "./sfu_way.ts";
import type { Store } from "./store.ts";
import { type Process, type Timeline } from "./timeline.ts";
import { hashOf, roomName, secretOf, secretWithHash, tokenOf } from "./toys.ts";
import { Watched, type Watcher } from "./watched.ts";

const ROOM = roomName(0);
/** What clients are told of when to be back. */
const RESUME_IN_MS = 1_500;
const SPREAD_MS = 2_000;
const ICE_RENEWAL_MS = 7_000;
const MAX_BACKLOG_BYTES = 1_048_576;
/** Ends in the middle of what happens. */
const TOKEN_MS = 90_000;
const JOIN_TIMEOUT_MS = 10_000;
const BUSY_RETRY_MS = 2_000;

export type ServiceOptions = {
  readonly timeline: Timeline;
  readonly seed: number;
  readonly policy: Policy;
  readonly sfu: Sfu;
  readonly store: Store;
  readonly process: Process;
  readonly journal: Journal;
  readonly watcher: Watcher & Restorer;
};

/** Is told with what a process begins, before it goes on with it. */
export interface Restorer {
  /** Undefined: nothing was kept. */
  restored(kept: Snapshot | undefined, now: number, epoch: number): void;
}

/** Milliseconds that what has to be kept may take. */
const TO_KEEP_MS = 3_000;

export class Service implements Gate, Backend {
  readonly process: Process;
  /** Whatever they say, tokens are expired until then. */
  tokensExpireUntil = 0;
  busyUntil = 0;
  /** Whether what was kept is gone with the last process. */
  #isForgetful = false;
  readonly #options: ServiceOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  /** Each process of the service that has crashed has taken all with it. */
  #connections = new Map<Connection, Socket>();
  #registry: Registry;
  #link: SfuWay;
  #core: Watched | undefined;
  /** `Infinity`: it has not begun yet. */
  #startedAt: number;
  #crashes = 0;
  #crashedAt = -Infinity;
  #count = 0;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.process = options.process;
    this.#random = new Random(`${options.seed} service`);
    const { timeline } = options;
    this.#startedAt = timeline.now;
    this.#clock = {
      now: () => timeline.now,
      after: (ms, run) => {
        const crashes = this.#crashes;
        return timeline.after(ms, () => {
          if (crashes === this.#crashes) run();
        }, this.process);
      },
    };
    this.#link = options.sfu.connect(this.process);
    this.#registry = this.#begin();
  }

  room(): Watched | undefined {
    return this.#core;
  }

  crashedAt(): number {
    return this.#crashedAt;
  }

  accept(socket: Socket): SocketListener | undefined {
    const { timeline, journal } = this.#options;
    if (timeline.now < this.#startedAt) return undefined;
    const id = `c${++this.#count}`;
    const connection = new Connection(id, socket, {
      clock: this.#clock,
      maxBacklogBytes: MAX_BACKLOG_BYTES,
      onClosed: () => this.#connections.delete(connection),
    });
    this.#connections.set(connection, socket);
    journal.note("lobby", () => `${id} opened`);
    new Visitor(connection, this);
    return connection;
  }

  /** Heard when the process is awake. */
  admin(_room: string, command: AdminCommand): void {
    this.#clock.after(0, () => {
      this.#registry.find(ROOM)?.command(command);
    });
  }

  /** A page says goodbye without its socket (GR4). */
  beacon(_room: string, sessionId: string, secret: string): void {
    const secretHash = hashOf(secret);
    this.#registry.find(ROOM)?.post({ type: "left", sessionId, secretHash });
  }

  /**
   * The process is gone with all that it knew; another one starts, with what was
   * kept, unless that is gone as well.
   */
  crash(ms: number, isKept: boolean): void {
    const { timeline, sfu, store } = this.#options;
    this.#crashes++;
    this.#startedAt = Infinity;
    // One that crashes before it has begun has nothing to lose.
    if (this.#core) this.#crashedAt = timeline.now;
    this.#core?.kill();
    this.#core = undefined;
    this.#link.die();
    this.#link = sfu.connect(this.process);
    this.#registry = this.#begin();
    store.abandoned();
    if (!isKept) store.kept = undefined;
    for (const socket of this.#connections.values()) socket.terminate();
    this.#connections = new Map();
    this.#isForgetful ||= !isKept;
    this.#clock.after(ms, () => this.#startAgain());
  }

  /** Is told to go: it says so, keeps the room, and another one starts (HO6). */
  stop(ms: number): void {
    this.#clock.after(0, () => {
      if (this.#startedAt === Infinity) return;
      const crashes = this.#crashes;
      this.#startedAt = Infinity;
      void this.#registry.suspend(RESUME_IN_MS, SPREAD_MS).then(() => {
        if (crashes === this.#crashes) this.crash(ms, true);
      });
      this.#options.timeline.settles();
    });
  }

  #startAgain(): void {
    const { timeline, store, watcher } = this.#options;
    this.#startedAt = timeline.now;
    const kept = store.kept && snapshotOf(store.kept);
    const epoch = Math.max(timeline.now, (kept?.epoch ?? 0) + 1);
    watcher.restored(kept, timeline.now, epoch);
    this.#isForgetful = false;
    if (kept) this.#registry.restore(kept, epoch);
  }

  gate(): Gate {
    return this;
  }

  check(): void {}

  isUnwatched(): boolean {
    return false;
  }

  isBanned(): boolean {
    return false;
  }

  plainOf(hash: string): string {
    return secretWithHash(hash);
  }

  /** The store was in trouble before the crash (HO2), or is gone. */
  isForgiven(): boolean {
    const { store } = this.#options;
    const troubleAt = Math.max(store.troubleAt, this.process.asleepUntil);
    return this.#isForgetful || troubleAt > this.#crashedAt - TO_KEEP_MS;
  }

  perform(act: Act): boolean {
    const { store, timeline } = this.#options;
    const until = "ms" in act ? timeline.now + act.ms : 0;
    switch (act.do) {
      case "pause":
        this.process.sleepUntil(until);
        return true;
      case "serviceCrash":
        this.crash(act.ms, act.isKept);
        return true;
      case "serviceStop":
        this.stop(act.ms);
        return true;
      case "storeSlow":
        store.slowUntil = until;
        return true;
      case "storeAway":
        store.awayUntil = until;
        return true;
      default:
        return false;
    }
  }

  after(ms: number, run: () => void): () => void {
    return this.#clock.after(ms, run);
  }

  /** Milliseconds that the check of a token takes. */
  checkMs(): number {
    return this.#random.chance(0.7) ? 0 : this.#random.int(1, 40);
  }

  /** Whether it has let everybody in for so many milliseconds. */
  wasOpen(_room: string, ms: number): boolean {
    const { asleepUntil } = this.process;
    const closed = [this.#startedAt, this.busyUntil, this.tokensExpireUntil];
    return Math.max(asleepUntil, ...closed) <= this.#options.timeline.now - ms;
  }

  get isBusy(): boolean {
    return this.#options.timeline.now < this.busyUntil;
  }

  verdictOn(token: string): Verdict {
    const identity = tokenOf(token, ROOM);
    if (identity === undefined) return { ok: false, error: "tokenInvalid" };
    if (this.#options.timeline.now < this.tokensExpireUntil) {
      return { ok: false, error: "tokenExpired" };
    }
    const expiresAt = this.#options.timeline.now + TOKEN_MS;
    return { ok: true, claims: claimsOf(identity, { expiresAt }) };
  }

  /** In the time of the process, which may sleep or crash meanwhile. */
  #authenticate(token: string): Promise<Verdict> {
    return new Promise((resolve) =>
      this.after(this.checkMs(), () => {
        resolve(this.verdictOn(token));
        this.#options.timeline.settles();
      })
    );
  }

  /** Renewed in the middle of all else that happens. */
  iceServers(): IceServers {
    return { servers: [], renewAt: this.#clock.now() + ICE_RENEWAL_MS };
  }

  newSecret(): Secret {
    const plain = secretOf(++this.#count);
    return { plain, hash: hashOf(plain) };
  }

  newSessionId(): string {
    return `s${++this.#count}`;
  }

  reasonOfEnd(epoch: number): EndReason {
    return this.#registry.reasonOfEnd(ROOM, epoch) ??
      (epoch < this.#startedAt ? "nodeCrashed" : "networkDisconnect");
  }

  /** To a room that is there, or, for a join, is made. */
  enter(connection: Connection, admission: Admission): boolean {
    const room = admission.method === "join"
      ? this.#registry.open(ROOM)
      : this.#registry.find(ROOM);
    room?.join(connection, admission);
    return room !== undefined;
  }

  #begin(): Registry {
    const { policy, store, watcher } = this.#options;
    const crash: Crash = (error) => watcher.crashed(error);
    const watch = (room: Room, epoch: number) =>
      this.#core = new Watched(room, watcher, epoch, this.#clock.now(), {
        grainMs: 0,
        asleepUntil: () => this.process.asleepUntil,
        host: this,
      });
    return new Registry({
      link: this.#link,
      clock: this.#clock,
      log: quietLog(crash),
      maxRooms: 1,
      authenticate: (token) => this.#authenticate(token),
      policy,
      iceServersFor: () => this.iceServers(),
      createCore: (settings, now) =>
        watch(new Room(settings, now), settings.epoch),
      restoreCore: (state) => watch(Room.restore(state), state.epoch),
      snapshots: store,
      onEnded: () => {
        this.#core = undefined;
        watcher.roomEnded();
      },
    });
  }
}

function snapshotOf({ bytes }: Stored): Snapshot {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.snapshot;
}

type Stage =
  | { readonly name: "silent" }
  | { readonly name: "checking"; readonly early: string[] }
  | { readonly name: "gone" };

/** A connection that has not said yet who it is. */
class Visitor implements ConnectionListener {
  readonly #connection: Connection;
  readonly #service: Service;
  readonly #cancelTimer: () => void;
  #stage: Stage = { name: "silent" };

  constructor(connection: Connection, service: Service) {
    this.#connection = connection;
    this.#service = service;
    this.#cancelTimer = service.after(
      JOIN_TIMEOUT_MS,
      () => this.#sendAway("joinTimeout"),
    );
    connection.listen(this);
  }

  received(text: string): void {
    if (this.#stage.name === "checking") this.#stage.early.push(text);
    if (this.#stage.name === "silent") this.#read(text);
  }

  closed(): void {
    this.#leave();
  }

  #read(text: string): void {
    const frame = parseFrame(text);
    if (frame.type !== "request") throw new Error(`first came ${text}`);
    const { id, method, params } = frame.request;
    if (this.#service.isBusy) return this.#refuse(id, "busy", BUSY_RETRY_MS);
    this.#stage = { name: "checking", early: [] };
    const decide = method === "join"
      ? this.#joiner(id, JoinParams.parse(params))
      : this.#resumer(id, ResumeParams.parse(params));
    const ms = this.#service.checkMs();
    if (ms === 0) decide();
    else this.#service.after(ms, decide);
  }

  #joiner(id: number, { token, ...params }: JoinParams): () => void {
    return () => {
      const verdict = this.#service.verdictOn(token);
      if (!verdict.ok) return this.#refuse(id, verdict.error);
      this.#enter({
        method: "join",
        id,
        params,
        claims: verdict.claims,
        sessionId: this.#service.newSessionId(),
        secret: this.#service.newSecret(),
        iceServers: this.#service.iceServers(),
      });
    };
  }

  #resumer(id: number, params: ResumeParams): () => void {
    const { sessionId, secret, epoch, ack, attempt, token } = params;
    return () =>
      this.#enter({
        method: "resume",
        id,
        sessionId,
        secretHash: hashOf(secret),
        epoch,
        ack,
        attempt,
        ...(token !== undefined && { token: this.#service.verdictOn(token) }),
        next: this.#service.newSecret(),
        iceServers: this.#service.iceServers(),
        reasonIfUnknown: this.#service.reasonOfEnd(epoch),
      });
  }

  #enter(admission: Admission): void {
    if (this.#stage.name !== "checking") return;
    const { early } = this.#stage;
    this.#leave();
    if (!this.#service.enter(this.#connection, admission)) {
      if (admission.method === "join") throw new Error("no room was made");
      const { id, reasonIfUnknown: reason } = admission;
      return this.#refuse(id, "signalingTimeout", undefined, reason);
    }
    for (const text of early) this.#connection.received(text);
  }

  #refuse(
    id: number,
    error: ErrorName,
    retryAfterMs?: number,
    reason?: string,
  ): void {
    const extras = {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(reason !== undefined && { reason }),
    };
    this.#connection.send(
      encodeError(id, errorObject(error, undefined, extras)),
    );
    this.#sendAway(
      retryAfterMs === undefined ? "joinRejected" : "tryAgainLater",
    );
  }

  #sendAway(code: CloseName): void {
    this.#leave();
    this.#connection.close(code);
  }

  #leave(): void {
    this.#stage = { name: "gone" };
    this.#cancelTimer();
  }
}
