import assert from "node:assert/strict";
import { connectWith } from "../../../client/connect.ts";
import type {
  ConnectOptions,
  Room,
  RoomEvents,
  Token,
} from "../../../client/mod.ts";
import type { Ports } from "../../../client/ports.ts";
import { Clock } from "./clock.ts";
import { FakeBrowser } from "./handler.ts";
import { FakeService } from "./service.ts";
import { FakeStream } from "./stream.ts";
import { rest } from "./turns.ts";

const EVENTS = [
  "participantConnected",
  "participantDisconnected",
  "participantUpdated",
  "participantReconnecting",
  "participantReconnected",
  "mediaStateChanged",
  "trackPublished",
  "trackUnpublished",
  "trackSubscribed",
  "trackUnsubscribed",
  "trackReplaced",
  "trackMuted",
  "trackUnmuted",
  "localTrackPublished",
  "localTrackUnpublished",
  "localTrackMuted",
  "localTrackUnmuted",
  "localTrackMutedByServer",
  "grantsChanged",
  "moved",
  "audioLevels",
  "activeSpeaker",
  "message",
  "dataPublished",
  "dataUnpublished",
  "dataReceived",
  "reconnecting",
  "reconnected",
  "recovery",
  "exception",
  "disconnected",
] as const satisfies (keyof RoomEvents)[];

/** The page's wall clock, against its monotonic one. */
export const WALL_CLOCK_AHEAD = 1_700_000_000_000;

export const URL_OF_ROOM = "https://example.org/rooms/tea";

/** Counts on from `token-1`. */
export function tokens(): () => Promise<string> {
  let count = 0;
  return () => Promise.resolve(`token-${++count}`);
}

type Logged = {
  [E in keyof RoomEvents]: { event: E; args: RoomEvents[E] };
}[keyof RoomEvents];

/** A page's document, as far as the SDK looks at it. */
class FakeDocument extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
}

/** As `navigator.connection` of browsers that tell the kind of network. */
class FakeNetwork extends EventTarget {
  type = "wifi";
}

/** The SDK in a page of its own, with a service that is all its own. */
export class FakeClient implements AsyncDisposable {
  readonly service = new FakeService();
  readonly clock = new Clock();
  readonly browser = new FakeBrowser();
  readonly page = new EventTarget();
  readonly document = new FakeDocument();
  readonly network = new FakeNetwork();
  readonly beacons: { url: string; body: unknown }[] = [];
  readonly log: Logged[] = [];
  #room: Room | undefined;
  #closes = 0;

  readonly ports: Ports = {
    WebSocket: this.service.WebSocket,
    now: this.clock.now,
    after: this.clock.after,
    wallClock: () => WALL_CLOCK_AHEAD + this.clock.now(),
    // Full jitter, always in the middle.
    random: () => 0.5,
    page: this.page,
    document: this.document,
    network: this.network,
    sendBeacon: ({ href: url }, body) => {
      this.beacons.push({ url, body: JSON.parse(body) });
    },
    baseUrl: "https://example.org/",
    newStream: () => new FakeStream(),
    handlerFactory: this.browser.factory,
    close: () => this.#closes++,
  };

  static async joined(
    options: ConnectOptions = {},
    token?: Token,
  ): Promise<FakeClient> {
    const client = new FakeClient();
    await client.join(options, token);
    return client;
  }

  get room(): Room {
    return this.#room ?? assert.fail("not joined");
  }

  connect(
    options: ConnectOptions = {},
    token: Token = "secret",
    url: string | URL = URL_OF_ROOM,
  ): Promise<Room> {
    return connectWith(this.ports, url, token, options);
  }

  /** Joins, with all events logged, and lets what follows come to rest. */
  async join(options: ConnectOptions = {}, token?: Token): Promise<Room> {
    const room = await this.connect(options, token);
    this.#room = room;
    for (const event of EVENTS) this.#watch(room, event);
    this.clock.advance(0);
    await rest();
    return room;
  }

  /** Time passes, and what comes of it comes to rest. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await rest();
  }

  /** As when the service, or a box on the way, gives the connection up. */
  async drop(code = 1006): Promise<void> {
    this.service.socket.drop(code);
    await rest();
  }

  /** The names of the events so far. */
  get events(): string[] {
    return this.log.map(({ event }) => event);
  }

  /** What each event of this name came with. */
  argsOf<E extends keyof RoomEvents>(event: E): RoomEvents[E][] {
    return this.log.filter((logged) => logged.event === event)
      .map(({ args }) => args as RoomEvents[E]);
  }

  #watch<E extends keyof RoomEvents>(room: Room, event: E): void {
    room.on(event, (...args) => {
      // One's own media goes its own way, beside all that a test is about.
      if (event === "mediaStateChanged" && args[0] === room.localParticipant) {
        return;
      }
      this.log.push({ event, args } as Logged);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.page.dispatchEvent(new Event("pagehide"));
    await rest();
    assert.deepEqual(this.service.violations, []);
    if (this.#room !== undefined) {
      assert.equal(this.#room.state, "disconnected");
      assert.equal(this.clock.pending, 0, "timers are left");
      assert.equal(this.#closes, 1, "the ports are not closed once");
    }
    for (const end of this.browser.ends) assert.ok(end.isClosed);
  }
}
