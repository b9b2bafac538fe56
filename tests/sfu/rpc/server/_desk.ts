import type { Handlers, Owner } from "../../../../sfu/rpc/handlers.ts";
import { Connection } from "../../../../sfu/rpc/server/connection.ts";
import { Gate } from "../../../../sfu/rpc/server/gate.ts";
import { Owners } from "../../../../sfu/rpc/server/owners.ts";
import type { Wire, WireEvents } from "../../../../sfu/rpc/wire.ts";
import { ManualClock } from "../_clock.ts";
import { FakeWire, type Message } from "../_wire.ts";

export const SECRET = "the right secret";
export const OWNER = "owner-0000000000000001";
export const LEASE_MS = 30_000;
export const IDLE_MS = 15_000;
export const HELLO_MS = 5_000;
export const WINDOW = 4;
export const GUESS_DELAY_MS = 500;

export type DeskOptions = {
  readonly maxOwners?: number;
  readonly maxEvents?: number;
};

/** A server without sockets, on time that stands still. */
export class Desk {
  readonly clock = new ManualClock();
  readonly expired: Owner[] = [];
  readonly log: string[] = [];
  readonly owners: Owners;
  readonly #gate = new Gate(SECRET, this.clock, GUESS_DELAY_MS);

  constructor(handlers: Handlers, options: DeskOptions = {}) {
    const { maxOwners = 10, maxEvents = 8 } = options;
    this.owners = new Owners({
      handlers,
      clock: this.clock,
      window: WINDOW,
      leaseMs: LEASE_MS,
      deadlineMs: 10_000,
      events: { events: maxEvents, size: 100_000 },
      answers: { count: 16, size: 100_000, keptMs: 60_000 },
      maxOwners,
      onOwnerExpired: (owner) => this.expired.push(owner),
      log: (message) => this.log.push(message),
    });
  }

  /** A peer that has not said anything. */
  connect(): FakeWire {
    const wire = new FakeWire();
    this.accept(wire.open);
    return wire;
  }

  accept(open: (events: WireEvents) => Wire): void {
    new Connection(open, {
      owners: this.owners,
      gate: this.#gate,
      address: "somewhere",
      clock: this.clock,
      terms: {
        incarnation: "sidecar",
        maxFrameBytes: 65_536,
        window: WINDOW,
        leaseMs: LEASE_MS,
      },
      helloMs: HELLO_MS,
      idleMs: IDLE_MS,
      closed: () => {},
    });
  }

  /** A peer that is let in; its welcome is taken. */
  greet(params: Record<string, unknown> = {}): {
    wire: FakeWire;
    welcome: Message | undefined;
  } {
    const wire = this.connect();
    wire.receive(hello(params));
    return { wire, welcome: wire.takeOne() };
  }
}

export function hello(params: Record<string, unknown> = {}) {
  return {
    jsonrpc: "2.0",
    id: 0,
    method: "hello",
    params: {
      protocol: 1,
      owner: OWNER,
      secret: SECRET,
      lastSeq: 0,
      maxFrameBytes: 65_536,
      ...params,
    },
  };
}

export function request(
  id: number,
  method: string,
  params: unknown = {},
  meta?: Record<string, unknown>,
) {
  return { jsonrpc: "2.0", id, method, params, ...(meta ? { meta } : {}) };
}

export function notification(method: string, params: unknown) {
  return { jsonrpc: "2.0", method, params };
}
