/**
 * The sidecar's end of the RPC: takes links on sockets and over HTTP, and turns
 * their calls into calls of handlers. Runs in Node.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { systemClock } from "../../clock.ts";
import { MAX_WINDOW } from "./envelope.ts";
import type { Around, Handlers, Owner } from "./handlers.ts";
import { Connections } from "./server/connections.ts";
import { Gate } from "./server/gate.ts";
import { HttpDoor } from "./server/http_door.ts";
import { type Endpoint, listenAll, type Tls } from "./server/listen.ts";
import { Owners } from "./server/owners.ts";
import { StreamWire } from "./server/stream_wire.ts";
import type { WireEvents } from "./wire.ts";

export type { Endpoint, Tls };

export type ServeOptions = {
  readonly endpoints: readonly Endpoint[];
  /** Endpoints with a host then speak TLS and nothing else. */
  readonly tls?: Tls;
  /** What a link must know: 16 characters at least. */
  readonly secret: string;
  readonly handlers: Handlers;
  readonly around?: Around;
  /** Milliseconds that an owner is kept after its connection is gone [30,000]. */
  readonly leaseMs?: number;
  /** Bytes of one frame, either way [1 MiB]. */
  readonly maxFrameBytes?: number;
  /** Calls of one owner that may be in flight [256]. */
  readonly window?: number;
  /** Milliseconds of silence after which a connection is taken for dead [15,000]. */
  readonly idleMs?: number;
  /** Milliseconds until a new connection must have said hello [5,000]. */
  readonly helloMs?: number;
  /** The owner has been forgotten: nothing that is sent to it arrives any more. */
  readonly onOwnerExpired?: (owner: Owner) => void;
  /** Hears what goes wrong; never a secret. */
  readonly log?: (message: string) => void;
};

export type RpcServer = {
  /** As `connectSfu` takes them, in the order of the endpoints. */
  readonly addresses: readonly string[];
  /** How many owners are connected, or were so within the lease. */
  readonly owners: number;
  /** Ends every connection; no owner expires by it. */
  close(): Promise<void>;
};

const MIN_SECRET = 16;
const MIN_FRAME_BYTES = 1_024;
/** Of a frame of somebody who has not said hello. */
const HELLO_BYTES = 4_096;
const MAX_OWNERS = 1_024;
/** Milliseconds until a wrong secret is answered. */
const GUESS_DELAY_MS = 500;
/** Milliseconds that a POST waits for frames. */
const HOLD_MS = 10_000;
/** Milliseconds until the next POST must have come. */
const ABSENT_MS = 3_000;
const EVENT_LIMITS = { events: 8_192, size: 8_388_608 };
const ANSWER_LIMITS = { count: 1_024, size: 4_194_304, keptMs: 60_000 };
/** Milliseconds, of calls that name no deadline. */
const CALL_DEADLINE_MS = 10_000;

/**
 * Resolves when every endpoint listens.
 *
 * @throws {TypeError} when an option is out of range.
 */
export async function serve(options: ServeOptions): Promise<RpcServer> {
  const { leaseMs = 30_000, maxFrameBytes = 1_048_576, window = 256 } = options;
  check(
    options.secret.length >= MIN_SECRET,
    "secret",
    "16 characters at least",
  );
  check(options.endpoints.length > 0, "endpoints", "at least one");
  check(maxFrameBytes >= MIN_FRAME_BYTES, "maxFrameBytes", "at least 1,024");
  check(window >= 1 && window <= MAX_WINDOW, "window", "1 to 65,536");
  check(leaseMs >= 0, "leaseMs", "at least 0");
  const clock = systemClock;
  const gate = new Gate(options.secret, clock, GUESS_DELAY_MS);
  const owners = ownersOf(options, window, leaseMs);
  const connections = new Connections({
    owners,
    clock,
    terms: { incarnation: randomUUID(), maxFrameBytes, window, leaseMs },
    helloMs: options.helloMs ?? 5_000,
    idleMs: options.idleMs ?? 15_000,
  });
  const door = new HttpDoor({
    gate,
    clock,
    maxFrameBytes,
    holdMs: HOLD_MS,
    absentMs: ABSENT_MS,
    maxConnections: MAX_OWNERS,
    connect: (open, address, closed) =>
      connections.add(open, { address }, closed),
  });
  const listening = await listenAll(options.endpoints, options.tls, {
    socket(socket) {
      const open = (events: WireEvents) =>
        new StreamWire(socket, HELLO_BYTES, events);
      connections.add(open, { address: socket.remoteAddress ?? "", gate });
    },
    request: (request, response) => door.handle(request, response),
    problem: ({ message }) => options.log?.(`No connection: ${message}`),
  });
  return {
    addresses: listening.map(({ address }) => address),
    get owners() {
      return owners.size;
    },
    async close() {
      const left = listening.map((one) => one.close());
      gate.close();
      connections.close();
      owners.close();
      await Promise.all(left);
    },
  };
}

function ownersOf(
  { handlers, around, onOwnerExpired = () => {}, log = () => {} }: ServeOptions,
  window: number,
  leaseMs: number,
): Owners {
  return new Owners({
    handlers,
    ...(around && { around }),
    clock: systemClock,
    window,
    leaseMs,
    deadlineMs: CALL_DEADLINE_MS,
    events: EVENT_LIMITS,
    answers: ANSWER_LIMITS,
    maxOwners: MAX_OWNERS,
    onOwnerExpired,
    log,
  });
}

function check(isGood: boolean, name: string, rule: string): void {
  if (!isGood) throw new TypeError(`Cannot serve: ${name} must be ${rule}`);
}
