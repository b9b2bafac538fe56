/** The SDK and the service, over real sockets on a network that can fail. */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { connectWith } from "../../client/connect.ts";
import type { ConnectOptions, Room, RoomEvents } from "../../client/mod.ts";
import type { Ports } from "../../client/ports.ts";
import type { TokenClaims } from "../../auth/claims.ts";
import { signToken } from "../../auth/sign.ts";
import { type Service, startService } from "../../service.ts";
import { readServiceSettings } from "../../settings/settings.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { RouterLink } from "../rooms/fakes/router_link.ts";
import { eventually } from "../support/eventually.ts";
import { Relay } from "./fakes/relay.ts";

/** Faster than life, and slow enough for a busy machine. */
const QUICK = {
  ROOM_PING_INTERVAL_MS: "100",
  ROOM_SUSPECT_AFTER_MS: "600",
  ROOM_TIMEOUT_MS: "1500",
  ROOM_EVICT_AFTER_MS: "3000",
};

const SECRET = "0123456789abcdef0123456789abcdef";
const key = { kid: "k1", secret: new TextEncoder().encode(SECRET) };
const sign = (claims: TokenClaims, ttlS = 3_600) =>
  signToken(claims, ttlS, { key });

class Person {
  readonly room: Room;
  readonly events: string[] = [];
  readonly bodies: unknown[] = [];

  constructor(room: Room) {
    this.room = room;
    const watched = [
      "participantConnected",
      "participantDisconnected",
      "participantReconnecting",
      "participantReconnected",
      "reconnecting",
      "reconnected",
      "grantsChanged",
      "moved",
      "disconnected",
    ] as const satisfies (keyof RoomEvents)[];
    for (const event of watched) room.on(event, () => this.events.push(event));
    room.on("message", ({ body }) => this.bodies.push(body));
  }

  /** In this order; a busy machine may lead to more of them in between. */
  async heard(...events: string[]): Promise<void> {
    await eventually(() => {
      const missing = [...events];
      for (const event of this.events) {
        if (event === missing[0]) missing.shift();
      }
      assert.deepEqual(missing, [], `heard ${this.events}`);
    });
  }
}

class World implements AsyncDisposable {
  readonly #service: Service;
  readonly #relays: Relay[] = [];
  readonly #rooms: Room[] = [];
  readonly #ends: Promise<unknown>[] = [];

  private constructor(service: Service) {
    this.#service = service;
  }

  static async start(env: Record<string, string> = {}): Promise<World> {
    const keys = { TOKEN_KEYS: `${key.kid}:${SECRET}` };
    const read = readServiceSettings({ PORT: "0", ...keys, ...QUICK, ...env });
    assert.ok(read.ok);
    const { log } = keepingLog();
    const { settings } = read;
    return new World(
      await startService({ settings, link: new RouterLink(), log }),
    );
  }

  relay(): Relay {
    const relay = new Relay(this.#service.port);
    this.#relays.push(relay);
    return relay;
  }

  /** In the room `tea`, by way of the relay. */
  async join(
    identity: string,
    relay: Relay,
    options: ConnectOptions = {},
    page = new EventTarget(),
    ttlS?: number,
  ): Promise<Person> {
    const closed = Promise.withResolvers<void>();
    this.#ends.push(closed.promise);
    const room = await connectWith(
      this.#ports(page, closed.resolve),
      `http://127.0.0.1:${relay.port}/rooms/tea`,
      () => sign({ sub: identity, room: "tea" }, ttlS),
      options,
    );
    this.#rooms.push(room);
    return new Person(room);
  }

  #ports(page: EventTarget, close: () => void): Ports {
    return {
      WebSocket,
      now: () => performance.now(),
      wallClock: Date.now,
      random: Math.random,
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      page,
      document: undefined,
      network: undefined,
      // A page's beacons do not go over the socket's network only.
      sendBeacon: (url, body) => {
        const direct = new URL(url);
        direct.port = String(this.#service.port);
        this.#ends.push(fetch(direct, { method: "POST", body }));
      },
      baseUrl: undefined,
      newStream: () => assert.fail("nothing is received here"),
      close,
    };
  }

  /** By an operator. */
  async administer(method: string, path: string, body: object): Promise<void> {
    const grants = { join: false, admin: true };
    const token = await sign({ sub: "op", room: "*", grants });
    const response = await fetch(
      `http://127.0.0.1:${this.#service.port}/admin/v1/${path}`,
      {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      },
    );
    const text = await response.text();
    assert.ok(response.ok, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const relay of this.#relays) relay.restore();
    await Promise.all(this.#rooms.map((room) => room.leave()));
    await Promise.all(this.#ends);
    for (const relay of this.#relays) await relay[Symbol.asyncDispose]();
    await this.#service[Symbol.asyncDispose]();
  }
}

/** Ann and Bob, each with a network of their own. */
async function together(options: ConnectOptions = {}, env = {}) {
  const world = await World.start(env);
  const network = world.relay();
  const page = new EventTarget();
  const bob = await world.join("bob", world.relay());
  const ann = await world.join("ann", network, options, page);
  await bob.heard("participantConnected");
  bob.events.length = 0;
  return { world, network, page, ann, bob };
}

describe("the SDK with the service", () => {
  it("RS1: is back on another socket when its own breaks, with what it missed", async () => {
    const { world, network, ann, bob } = await together();
    await using _ = world;
    const sessionId = ann.room.sessionId;
    const other = ann.room.participants.get(bob.room.sessionId);
    network.drop();
    await bob.room.sendMessage("t", 1);
    await bob.room.sendMessage("t", 2);
    await ann.heard("reconnecting", "reconnected");
    await eventually(() => assert.deepEqual(ann.bodies, [1, 2]));
    assert.equal(ann.room.sessionId, sessionId);
    assert.equal(ann.room.participants.get(bob.room.sessionId), other);
    await bob.heard("participantReconnecting", "participantReconnected");
  });

  it("HB3: is back before anybody is told where the old connection is half-open", async () => {
    const { world, network, ann, bob } = await together();
    await using _ = world;
    network.halfOpen();
    await ann.heard("reconnecting", "reconnected");
    await bob.room.sendMessage("t", "hello");
    await eventually(() => assert.deepEqual(ann.bodies, ["hello"]));
    assert.ok(!bob.events.includes("participantReconnecting"));
  });

  it("RS6: does what was asked for in an outage once", async () => {
    const { world, network, ann, bob } = await together();
    await using _ = world;
    network.cut();
    const sent = [1, 2, 3].map((body) => ann.room.sendMessage("t", body));
    await bob.heard("participantReconnecting");
    assert.equal(ann.room.state, "reconnecting");
    network.restore();
    await Promise.all(sent);
    await bob.heard("participantReconnecting", "participantReconnected");
    await eventually(() => assert.deepEqual(bob.bodies, [1, 2, 3]));
  });

  it("RS5: gets through several breaks in a row", async () => {
    const { world, network, ann, bob } = await together();
    await using _ = world;
    for (let round = 0; round < 5; round++) {
      network.drop();
      await bob.room.sendMessage("t", round);
      await eventually(() => assert.equal(ann.bodies.length, round + 1));
    }
    assert.deepEqual(ann.bodies, [0, 1, 2, 3, 4]);
  });

  it("RS3: ends with 53002 when the place was given away meanwhile", async () => {
    const { world, network, ann, bob } = await together();
    await using _ = world;
    const ended = Promise.withResolvers<[number | undefined, string]>();
    ann.room.on("disconnected", (error, reason) => {
      ended.resolve([error?.code, reason]);
    });
    network.cut();
    await bob.heard("participantReconnecting", "participantDisconnected");
    network.restore();
    assert.deepEqual(await ended.promise, [53002, "networkDisconnect"]);
  });

  it("RS3: joins anew by itself when it is asked to", async () => {
    const { world, network, ann, bob } = await together({ rejoin: true });
    await using _ = world;
    const { sessionId } = ann.room;
    network.cut();
    await bob.heard("participantReconnecting", "participantDisconnected");
    network.restore();
    await ann.heard("reconnecting", "reconnected");
    assert.notEqual(ann.room.sessionId, sessionId);
    await eventually(() =>
      assert.ok(bob.room.participants.has(ann.room.sessionId))
    );
  });

  it("RS8: shows its token where the room requires one", async () => {
    const { world, network, ann } = await together({}, {
      ROOM_REQUIRE_TOKEN_ON_RESUME: "true",
    });
    await using _ = world;
    network.drop();
    await ann.heard("reconnecting", "reconnected");
  });

  it("RS9: takes the place of a session of the same identity, as a reloaded page does", async () => {
    const { world, network, ann, bob } = await together();
    await using _ = world;
    network.cut();
    const again = await world.join("ann", world.relay());
    await bob.heard("participantDisconnected", "participantConnected");
    assert.equal(bob.room.participants.size, 1);
    network.restore();
    await eventually(() => assert.equal(ann.room.state, "disconnected"));
    assert.equal(again.room.state, "connected");
  });

  it("GR4: is gone at once with its page, also where its socket does not work", async () => {
    const { world, network, page, bob } = await together();
    await using _ = world;
    network.cut();
    page.dispatchEvent(new Event("pagehide"));
    await bob.heard("participantDisconnected");
  });

  it("HB4: knows its round trip", async () => {
    const { world, ann } = await together();
    await using _ = world;
    await eventually(() => assert.equal(typeof ann.room.roundTripMs, "number"));
  });
});

describe("the SDK with operators", () => {
  it("RS8: is asked for another token in time, and goes by what that one grants", async () => {
    await using world = await World.start();
    const grants = { publish: false, subscribe: true } as const;
    const refreshToken = () => sign({ sub: "ann", room: "tea", grants });
    const ann = await world.join(
      "ann",
      world.relay(),
      { refreshToken },
      undefined,
      // The service asks a minute before.
      61,
    );
    assert.equal(ann.room.localParticipant.grants.publish, true);
    await ann.heard("grantsChanged");
    assert.equal(ann.room.localParticipant.grants.publish, false);
    assert.equal(ann.room.state, "connected");
  });

  it("goes to the other room when it is moved, and everybody is told", async () => {
    const { world, ann, bob } = await together();
    await using _ = world;
    const { room } = ann;
    const path = `rooms/tea/participants/${room.sessionId}/move`;
    await world.administer("POST", path, { room: "coffee" });
    await ann.heard("participantDisconnected", "moved", "reconnected");
    await bob.heard("participantDisconnected");
    assert.equal(room.name, "coffee");
    assert.equal(room.state, "connected");
    assert.deepEqual([...room.participants], []);
    await bob.room.leave();
  });

  it("may do at once what an operator allows, and no more", async () => {
    const { world, ann } = await together();
    await using _ = world;
    const { room } = ann;
    const path = `rooms/tea/participants/${room.sessionId}`;
    const grants = { sendData: false };
    await world.administer("PATCH", path, { grants });
    await ann.heard("grantsChanged");
    await assert.rejects(room.sendMessage("t", 1), { code: 53209 });
    await world.administer("PATCH", path, { grants: { sendData: true } });
    await ann.heard("grantsChanged", "grantsChanged");
    await room.sendMessage("t", 2);
  });
});
