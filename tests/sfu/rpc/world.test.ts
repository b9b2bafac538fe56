import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Handlers, Owner } from "../../../sfu/rpc/handlers.ts";
import { Link } from "../../../sfu/rpc/link/link.ts";
import { statusOf } from "./_calls.ts";
import { Network } from "./_network.ts";
import { noHandlers } from "./fixtures/handlers.ts";
import { Desk, SECRET } from "./server/_desk.ts";

const ROUTER = "router-1";

type Step =
  | { readonly do: "create" | "pause"; readonly deadlineMs: number }
  | { readonly do: "emit" | "cut" | "freeze" | "fail" | "heal" }
  | { readonly do: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("create" as const, "pause" as const),
      deadlineMs: fc.constantFrom(20, 200, 10_000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("emit" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("cut" as const, "freeze" as const, "fail" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("heal" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 7, 30, 200, 2_000, 20_000),
    }),
  },
);

/** What an owner has been sent, and asked to do. */
type Account = { sent: number; readonly executed: number[] };

class World {
  readonly desk: Desk;
  readonly network: Network;
  readonly link: Link;
  readonly outcomes = new Map<number, string[]>();
  readonly executions = new Map<number, number>();
  readonly accounts = new Map<Owner, Account>();
  /** Events heard, by the account that they came from. */
  readonly heard = new Map<string, number[]>();
  #owner: Owner | undefined;
  #calls = 0;
  #names = new Map<Owner, string>();

  constructor() {
    const handlers: Handlers = {
      ...noHandlers,
      createRouter: async ({ label }, { owner }) => {
        this.#execute(owner, Number(label));
        await this.#later(Number(label) % 3 * 20);
        return { routerId: ROUTER, rtpCapabilities: {} };
      },
      pauseProducer: async ({ producerId }, { owner }) => {
        this.#execute(owner, Number(producerId));
        await this.#later(Number(producerId) % 3 * 20);
        return {};
      },
    };
    this.desk = new Desk(handlers, { maxEvents: 1_000 });
    const { clock } = this.desk;
    this.network = new Network(clock, (open) => this.desk.accept(open));
    this.link = new Link({
      dial: this.network.dial,
      owner: "owner-of-the-world",
      secret: SECRET,
      clock,
      random: () => 0.5,
      backoff: { baseMs: 10, capMs: 1_000 },
      deadlineMs: 10_000,
      maxFrameBytes: 65_536,
      maxQueued: 1_000,
      pingIntervalMs: 1_000,
      timeoutMs: 4_000,
      log: () => {},
    });
    this.link.subscribe(ROUTER, ({ params }) => {
      const id = "producerId" in params ? params.producerId : "";
      const [name = "", number] = id.split("/");
      const numbers = this.heard.get(name) ?? [];
      this.heard.set(name, [...numbers, Number(number)]);
    });
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case "create":
      case "pause":
        this.#call(step.do, step.deadlineMs);
        break;
      case "emit":
        this.#emit();
        break;
      case "cut":
        this.network.cut();
        break;
      case "freeze":
        this.network.freeze();
        break;
      case "fail":
        this.network.isUp = false;
        this.network.cut();
        break;
      case "heal":
        this.network.isUp = true;
        break;
      case "wait":
        return await this.#wait(step.ms);
    }
    await this.#wait(0);
  }

  async heal(): Promise<void> {
    this.network.isUp = true;
    await this.#wait(30_000);
  }

  nameOf(owner: Owner): string {
    const name = this.#names.get(owner) ?? `owner-${this.#names.size}`;
    this.#names.set(owner, name);
    return name;
  }

  #call(what: "create" | "pause", deadlineMs: number): void {
    const number = ++this.#calls;
    const outcomes: string[] = [];
    this.outcomes.set(number, outcomes);
    const options = { deadlineMs };
    if (what === "create") {
      this.link.call(
        "createRouter",
        { label: `${number}` },
        options,
        (reply) => {
          outcomes.push(statusOf(reply));
        },
      );
    } else {
      const params = { routerId: ROUTER, producerId: `${number}` };
      this.link.call("pauseProducer", params, options, (reply) => {
        outcomes.push(statusOf(reply));
      });
    }
    equal(outcomes.length, 0);
  }

  #execute(owner: Owner, number: number): void {
    this.#owner = owner;
    const account = this.accounts.get(owner) ?? { sent: 0, executed: [] };
    account.executed.push(number);
    this.accounts.set(owner, account);
    this.executions.set(number, (this.executions.get(number) ?? 0) + 1);
  }

  #emit(): void {
    const owner = this.#owner;
    const account = owner && this.accounts.get(owner);
    if (owner === undefined || account === undefined) return;
    const producerId = `${this.nameOf(owner)}/${++account.sent}`;
    const params = { routerId: ROUTER, producerId };
    owner.send({
      event: "producerClosed",
      params: { ...params, cause: "transportClosed" },
    });
  }

  #later(ms: number): Promise<void> {
    return new Promise((resolve) => this.desk.clock.after(ms, resolve));
  }

  /** In small steps, each with its microtasks. */
  async #wait(ms: number): Promise<void> {
    const step = Math.max(1, ms / 200);
    for (let passed = 0; passed <= ms; passed += step) {
      this.desk.clock.advance(ms === 0 ? 0 : step);
      for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    }
  }
}

async function play(steps: readonly Step[]): Promise<World> {
  const world = new World();
  for (const step of steps) await world.run(step);
  await world.heal();
  equal(world.link.state, "up");
  world.link.close();
  world.desk.owners.close();
  return world;
}

describe("link and sidecar, whatever the network does", () => {
  const whatever = (check: (world: World) => void) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 80, size: "max" }),
        async (steps) => check(await play(steps)),
      ),
      { numRuns: 100 },
    );

  it("every call is settled, once", async () => {
    await whatever((world) => {
      for (const outcomes of world.outcomes.values()) {
        equal(outcomes.length, 1);
      }
    });
  });

  it("a call that is OK was executed, and no owner executes one twice", async () => {
    await whatever((world) => {
      for (const [number, [outcome]] of world.outcomes) {
        if (outcome === "OK") ok((world.executions.get(number) ?? 0) >= 1);
      }
      for (const { executed } of world.accounts.values()) {
        equal(new Set(executed).size, executed.length);
      }
    });
  });

  it("calls are executed in the order in which they were made", async () => {
    await whatever((world) => {
      for (const { executed } of world.accounts.values()) {
        deepEqual(executed, executed.toSorted((a, b) => a - b));
      }
    });
  });

  it("events are heard once, in order, without a gap", async () => {
    await whatever((world) => {
      for (const numbers of world.heard.values()) {
        deepEqual(numbers, numbers.map((_, index) => index + 1));
      }
    });
  });

  it("no event to an owner that is still known is lost", async () => {
    await whatever((world) => {
      const expired = new Set(world.desk.expired);
      for (const [owner, { sent }] of world.accounts) {
        if (expired.has(owner)) continue;
        const heard = world.heard.get(world.nameOf(owner)) ?? [];
        equal(heard.length, sent);
      }
    });
  });

  it("nothing is left behind: no timer, no owner", async () => {
    await whatever((world) => {
      world.desk.clock.advance(1_000_000);
      equal(world.desk.clock.pending, 0);
      equal(world.desk.owners.size, 0);
    });
  });
});
