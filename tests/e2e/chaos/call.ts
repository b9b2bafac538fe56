/** Three in a call, each through a process of one's own, who talk all the time. */
import assert from "node:assert/strict";
import type { Browser, JSHandle } from "playwright-core";
import { eventually } from "../../support/eventually.ts";
import { Frames } from "../faults/frames.ts";
import { Client } from "../support/client.ts";
import { BLANK } from "../support/world.ts";
import { type Chatter, hear, talk } from "./chatter.ts";
import type { Cluster, Open } from "./cluster.ts";
import { Wire } from "./wire.ts";

/** Ann and Bob send video; Eve is through the third process, and listens. */
const NAMES = ["ann", "bob", "eve"] as const;
const ROOM = "call";
/** A new frame is newer than this where video flows. */
const FRESH_MS = 400;
const WITHIN_MS = 25_000;
/** What is under way may still arrive. */
const SETTLED_MS = 10_000;

export type Person = {
  readonly name: string;
  readonly client: Client;
  readonly wire: Wire;
  readonly frames: Frames;
  /** What one says and hears, from when all were there. */
  readonly chatter: JSHandle<Chatter>;
};

/** `from`, `to`: milliseconds since 1970. */
type Span = { readonly from: number; readonly to: number };

export class Call {
  readonly people: Person[] = [];
  readonly #cluster: Cluster;
  readonly #open = new AsyncDisposableStack();
  #sessions: string[] = [];
  #before: Open = { routers: 0, transports: 0 };

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The first to come is with process 0, which thereby runs the room. */
  static async begin(cluster: Cluster, browser: Browser): Promise<Call> {
    const call = new Call(cluster);
    const joined = [];
    for (const [number, name] of NAMES.entries()) {
      joined.push(await call.#join(browser, name, number));
    }
    for (const { client } of joined) {
      await eventually(async () =>
        assert.equal((await client.others()).length, 2)
      );
    }
    for (const person of joined) {
      const { room } = person.client;
      call.people.push({ ...person, chatter: await room.evaluateHandle(hear) });
    }
    for (const { chatter } of call.people) await chatter.evaluate(talk);
    const [ann, bob] = call.senders;
    await Promise.all([ann.client.publish(), bob.client.publish()]);
    await call.#see();
    call.#sessions = await call.#sessionIds();
    call.#before = await cluster.open();
    return call;
  }

  get room(): string {
    return ROOM;
  }

  get senders(): [Person, Person] {
    const [ann, bob] = this.people;
    assert.ok(ann && bob);
    return [ann, bob];
  }

  /** Of a new video track, since the media server was another one. */
  async mediaIsMadeAnew(): Promise<void> {
    for (const { client } of this.senders) {
      await client.heard("trackReplaced", "camera", { within: WITHIN_MS });
    }
  }

  /** Resolves with when all was well again; `from`: when the fault began. */
  async isNormal(from: number): Promise<number> {
    const times = await eventually(async () => {
      const times = await Promise.all(
        this.people.map((person) => this.#normalSince(person, from)),
      );
      return times.flat();
    }, { within: WITHIN_MS });
    await this.#see();
    return Math.max(...times);
  }

  /** All that must be true afterwards; prints a row of the table. */
  async account(
    fault: string,
    { from, to }: Span,
    { mayLose = { beforeMs: 0, afterMs: 0 } }: {
      /** About the beginning of the fault: what was said then may be lost. */
      mayLose?: { readonly beforeMs: number; readonly afterMs: number };
    } = {},
  ): Promise<void> {
    const lost = await this.#countLost({
      from: from - mayLose.beforeMs,
      to: from + mayLose.afterMs,
    });
    const gap = await this.#longestGap({ from, to });
    const ids = await this.#sessionIds();
    const kept = ids.filter((id, index) => id === this.#sessions[index]).length;
    const snapshots = this.people.reduce(
      (sum, { wire }) => sum + wire.snapshots,
      0,
    );
    console.log(
      `${fault} | sessions kept ${kept} of ${ids.length}`,
      `| lost ${lost}, doubled 0, snapshots ${snapshots}`,
      `| longest frame gap ${gap} ms | normal after ${to - from} ms`,
    );
    assert.equal(kept, ids.length);
    for (const { name, client, wire } of this.people) {
      assert.deepEqual(wire.missing, [], `events that ${name} missed`);
      assert.deepEqual(wire.ambiguous, [], `numbers of two events to ${name}`);
      const events = (await client.events()).map(({ event }) => event);
      for (const end of ["participantDisconnected", "disconnected"]) {
        assert.ok(!events.includes(end), `${name}: ${events.join()}`);
      }
    }
    await eventually(async () => {
      assert.deepEqual(await this.#cluster.open(), this.#before);
    }, { within: SETTLED_MS });
  }

  /** All leave; nothing may be left of them. */
  async end(): Promise<void> {
    await Promise.all(this.people.map(({ client }) => client.leave()));
    await eventually(async () => {
      const nothing = { routers: 0, transports: 0 };
      assert.deepEqual(await this.#cluster.open(), nothing);
    }, { within: SETTLED_MS });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }

  async #join(browser: Browser, name: string, through: number) {
    const { origin } = this.#cluster.balancer(through);
    const context = await browser.newContext({
      permissions: ["camera", "microphone"],
      baseURL: origin,
    });
    this.#open.defer(() => context.close());
    const page = await context.newPage();
    const wire = new Wire(page);
    await page.goto(BLANK);
    const client = await Client.join(page, {
      url: `${origin}/rooms/${ROOM}`,
      token: await this.#cluster.token(ROOM, name),
      options: { autoSubscribe: name !== "eve" },
    });
    return {
      name,
      client,
      wire,
      frames: await Frames.of(page),
    };
  }

  async #see(): Promise<void> {
    const [ann, bob] = this.senders;
    await Promise.all([ann.client.sees("bob"), bob.client.sees("ann")]);
  }

  #sessionIds(): Promise<string[]> {
    return Promise.all(
      this.people.map(({ client }) =>
        client.room.evaluate(({ localParticipant }) =>
          localParticipant.sessionId
        )
      ),
    );
  }

  /**
   * When each of the others was heard, with what was said after the fault, and
   * the connection was back.
   */
  async #normalSince(
    { name, client, chatter, frames }: Person,
    from: number,
  ): Promise<number[]> {
    const { heard } = await chatter.jsonValue();
    const said = await this.#said();
    const times = [...said].filter(([other]) => other !== name).map(
      ([other, words]) => {
        const first = words.find(({ at }) => at >= from);
        const got = heard.find((word) =>
          word.from === other && first && word.number >= first.number
        );
        assert.ok(got, `${name} does not hear ${other}`);
        return got.at;
      },
    );
    const changes = (await client.events()).filter(({ event, at }) =>
      at >= from && ["reconnecting", "reconnected"].includes(event)
    );
    const last = changes.at(-1);
    assert.notEqual(last?.event, "reconnecting", `${name} is not back`);
    if (name !== "eve") {
      const newest = (await frames.times()).at(-1) ?? 0;
      assert.ok(newest > Date.now() - FRESH_MS, `${name} sees no new frame`);
    }
    return [...times, ...last ? [last.at] : []];
  }

  async #said() {
    const all = await Promise.all(
      this.people.map(async ({ name, chatter }) => {
        const { said } = await chatter.jsonValue();
        return [name, said] as const;
      }),
    );
    return new Map(all);
  }

  /** How many of those said in the span were lost; none else is, or doubled. */
  async #countLost({ from, to }: Span): Promise<number> {
    for (const { chatter } of this.people) {
      await chatter.evaluate((state) => state.stop = true);
    }
    await eventually(async () => {
      for (const [name, said] of await this.#said()) {
        const open = said.filter(({ outcome }) => outcome === "");
        assert.deepEqual(open, [], `not answered: ${name}`);
      }
    }, { within: SETTLED_MS });
    const said = await this.#said();
    let lost = 0;
    for (const person of this.people) {
      for (const [other, words] of said) {
        if (other === person.name) continue;
        const counts = await countsOf(person, other, words.length - 1);
        for (const { number, at, outcome } of words) {
          const count = counts.get(number) ?? 0;
          if (count === 1) continue;
          const isForgiven = count === 0 && at >= from && at < to;
          const what =
            `${person.name} has ${number} of ${other} ${count} times`;
          assert.ok(isForgiven, `${what}: ${outcome}, ${at - from} ms`);
          lost++;
        }
      }
    }
    return lost;
  }

  async #longestGap({ from, to }: Span): Promise<number> {
    const gaps = await Promise.all(
      this.senders.map(({ frames }) => frames.longestGap(from, to)),
    );
    return Math.max(...gaps);
  }
}

/** How often each number of another was heard, once the last one was. */
async function countsOf(
  { name, chatter }: Person,
  other: string,
  last: number,
): Promise<Map<number, number>> {
  return await eventually(async () => {
    const { heard } = await chatter.jsonValue();
    const counts = new Map<number, number>();
    for (const { from, number } of heard) {
      if (from === other) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    assert.ok(counts.has(last), `${name} has not heard ${last} of ${other}`);
    return counts;
  });
}
