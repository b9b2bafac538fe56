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
import { rest } from "./turns.ts";

const EVENTS = [
  "participantConnected",
  "participantDisconnected",
  "participantUpdated",
  "trackPublished",
  "trackUnpublished",
  "trackSubscribed",
  "trackUnsubscribed",
  "trackMuted",
  "trackUnmuted",
  "localTrackPublished",
  "localTrackUnpublished",
  "localTrackMuted",
  "localTrackUnmuted",
  "audioLevels",
  "activeSpeaker",
  "message",
  "dataPublished",
  "dataUnpublished",
  "dataReceived",
  "exception",
  "disconnected",
] as const satisfies (keyof RoomEvents)[];

export const URL_OF_ROOM = "https://example.org/rooms/tea";

type Logged = {
  [E in keyof RoomEvents]: { event: E; args: RoomEvents[E] };
}[keyof RoomEvents];

/** The SDK in a page of its own, with a service that is all its own. */
export class FakeClient implements AsyncDisposable {
  readonly service = new FakeService();
  readonly clock = new Clock();
  readonly browser = new FakeBrowser();
  readonly page = new EventTarget();
  readonly log: Logged[] = [];
  #room: Room | undefined;

  readonly ports: Ports = {
    WebSocket: this.service.WebSocket,
    now: this.clock.now,
    after: this.clock.after,
    page: this.page,
    baseUrl: "https://example.org/",
    handlerFactory: this.browser.factory,
  };

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
  async join(options: ConnectOptions = {}): Promise<Room> {
    const room = await this.connect(options);
    this.#room = room;
    for (const event of EVENTS) this.#watch(room, event);
    this.clock.advance(0);
    await rest();
    return room;
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
    }
    for (const end of this.browser.ends) assert.ok(end.isClosed);
  }
}
