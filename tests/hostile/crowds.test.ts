/** Limits by address, on the real service: who is slowed down, and who never is. */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors, type JoinResult } from "../../protocol/mod.ts";
import { type Answer, ask, resultOf } from "../http/ask.ts";
import type { TestClient } from "../http/client.ts";
import { RawPeer } from "../http/raw_peer.ts";
import { eventually } from "../support/eventually.ts";
import { HostileWorld } from "./service.ts";

/** This machine plays the proxy, and says for whom it speaks. */
const proxied = { TRUSTED_PROXIES: "127.0.0.1" };
const from = (address: string) => ({ "x-forwarded-for": address });
const AT_A_TIME = 40;
const SCHOOL = "192.0.2.1";
const ELSEWHERE = "198.51.100.1";

const assertAllIn = (joined: Joined[]) =>
  assert.deepEqual(joined.filter(({ answer }) => answer.error), []);

type Joined = { client: TestClient; answer: Answer<JoinResult> };

async function leaveAll(joined: Pick<Joined, "client">[]): Promise<void> {
  await Promise.all(joined.map(({ client }) => client[Symbol.asyncDispose]()));
}

function resumeOf({ answer }: Joined, wrongSecret?: string) {
  const { sessionId, secret, epoch, seq } = resultOf(answer);
  return { sessionId, secret: wrongSecret ?? secret, epoch, ack: seq };
}

/** Some at a time: all of them run in this process, which has other work. */
async function allOf<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    const some = items.slice(at, at + AT_A_TIME);
    done.push(...await Promise.all(some.map(act)));
  }
  return done;
}

describe("200 people behind one address", () => {
  it("join at once, lose their router, and all come back at once, by resume and by join", async () => {
    await using world = await HostileWorld.start({
      ...proxied,
      ROOM_MAX_PARTICIPANTS: "300",
      ROOM_PING_INTERVAL_MS: "60000",
      ROOM_TIMEOUT_MS: "120000",
    });
    const people = Array.from({ length: 200 }, (_, index) => `person-${index}`);
    const join = (name: string) => world.join(name, from(SCHOOL));
    const first = await allOf(people, join);
    assertAllIn(first);
    for (const { client } of first) client.socket.terminate();

    const resumed = await allOf(first, async (joined) => {
      const client = await world.connect(from(SCHOOL));
      return { client, answer: await ask(client, "resume", resumeOf(joined)) };
    });
    for (const { answer } of resumed) assert.ok(answer.result);

    const again = await allOf(people, join);
    assertAllIn(again);
    await leaveAll([...first, ...resumed, ...again]);
  });
});

describe("an address", () => {
  it("has so many connections; one more is closed with 1013, and other addresses have theirs", async () => {
    await using world = await HostileWorld.start({
      ...proxied,
      MAX_CONNECTIONS_PER_ADDRESS: "2",
    });
    const inside = [
      await world.join("ann", from(SCHOOL)),
      await world.join("bob", from(SCHOOL)),
    ];
    await using third = await world.connect(from(SCHOOL));
    assert.equal((await third.closed()).code, 1013);
    await using other = await world.connect(from(ELSEWHERE));
    assert.equal(other.socket.readyState, 1);
    await leaveAll(inside);
    await eventually(async () => {
      await using again = await world.connect(from(SCHOOL));
      const { error } = await ask(again, "leave", {});
      assert.equal(error?.code, errors.joinExpected.code);
    });
  });

  it("has so many connections that have not joined, which cost others nothing", async () => {
    await using world = await HostileWorld.start({
      ...proxied,
      MAX_UNJOINED_PER_ADDRESS: "3",
    });
    const silent = await Promise.all(
      [1, 2, 3].map(() => world.connect(from(SCHOOL))),
    );
    await using fourth = await world.connect(from(SCHOOL));
    assert.equal((await fourth.closed()).code, 1013);
    const { client, answer } = await world.join("ann", from(ELSEWHERE));
    assert.ok(answer.result);
    for (const one of [client, ...silent]) await one[Symbol.asyncDispose]();
  });

  it("joins so often: 53009 with the time to wait and 1013; a resume is not counted", async () => {
    await using world = await HostileWorld.start({
      ...proxied,
      MAX_JOINS_PER_ADDRESS: "2",
    });
    const ann = await world.join("ann", from(SCHOOL));
    const bob = await world.join("bob", from(SCHOOL));
    const { client, answer } = await world.join("eve", from(SCHOOL));
    assert.equal(answer.error?.code, errors.tooManyRequests.code);
    assert.ok((answer.error?.data.retryAfterMs ?? 0) > 10_000);
    assert.equal((await client.closed()).code, 1013);

    ann.client.socket.terminate();
    const back = await world.connect(from(SCHOOL));
    const resumed = await ask(back, "resume", resumeOf(ann));
    assert.ok(resumed.result);
    await leaveAll([ann, bob, { client: back, answer }]);
  });

  it("is the one that the proxy names; whoever is not behind it cannot choose one", async () => {
    await using world = await HostileWorld.start({
      UNLIMITED_ADDRESSES: "203.0.113.0/24",
      MAX_JOINS_PER_ADDRESS: "1",
    });
    const ann = await world.join("ann", from("203.0.113.5"));
    assert.ok(ann.answer.result);
    const bob = await world.join("bob", from("203.0.113.6"));
    assert.equal(bob.answer.error?.code, errors.tooManyRequests.code);
    await leaveAll([ann, bob]);
  });

  it("has so many TCP connections, also if nothing is said on them", async () => {
    await using world = await HostileWorld.start({
      UNLIMITED_ADDRESSES: "203.0.113.0/24",
      MAX_CONNECTIONS_PER_ADDRESS: "1",
    });
    const peers = await Promise.all(
      Array.from({ length: 101 }, () => RawPeer.connect(world.port)),
    );
    using beyond = await RawPeer.connect(world.port);
    await beyond.ended();
    for (const peer of peers) {
      await peer.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assert.match(await peer.read(), /^HTTP\/1\.1 200/);
      peer[Symbol.dispose]();
    }
  });
});

describe("this machine", () => {
  it("is not limited, so that tests and benches can be", async () => {
    await using world = await HostileWorld.start({
      MAX_JOINS_PER_ADDRESS: "1",
      MAX_CONNECTIONS_PER_ADDRESS: "1",
      MAX_UNJOINED_PER_ADDRESS: "1",
    });
    const joined = await Promise.all(
      ["ann", "bob", "eve"].map((name) => world.join(name)),
    );
    for (const { answer } of joined) assert.ok(answer.result);
    await leaveAll(joined);
  });
});

describe("an identity", () => {
  it("joins so often in a minute, from whatever addresses", async () => {
    await using world = await HostileWorld.start({
      ...proxied,
      MAX_JOINS_PER_IDENTITY: "2",
    });
    const joined: Joined[] = [];
    for (const address of [SCHOOL, ELSEWHERE, SCHOOL]) {
      joined.push(await world.join("ann", from(address)));
    }
    const errorsOf = joined.map(({ answer }) => answer.error?.code);
    const { code } = errors.tooManyRequests;
    assert.deepEqual(errorsOf, [undefined, undefined, code]);
    const other = await world.join("bob", from(SCHOOL));
    assert.ok(other.answer.result);
    await leaveAll([...joined, other]);
  });
});

describe("wrong secrets", () => {
  it("RS4: from one address, in many sessions, are soon answered alike; the right one is let in", async () => {
    await using world = await HostileWorld.start({
      ...proxied,
      MAX_WRONG_SECRETS_PER_ADDRESS: "3",
    });
    const names = ["ann", "bob", "cid", "dan", "eve"];
    const people = await Promise.all(names.map((name) => world.join(name)));
    const guess = async (joined: Joined, secret?: string) => {
      await using thief = await world.connect(from(SCHOOL));
      return await ask(thief, "resume", resumeOf(joined, secret));
    };
    const codes: (number | undefined)[] = [];
    for (const person of people) {
      codes.push((await guess(person, "x".repeat(43))).error?.code);
    }
    const wrong = errors.secretInvalid.code;
    const many = errors.tooManyRequests.code;
    assert.deepEqual(codes, [wrong, wrong, wrong, many, many]);

    const [ann] = people;
    assert.ok(ann && (await guess(ann)).result);
    await leaveAll(people);
  });
});
