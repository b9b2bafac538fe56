import assert from "node:assert/strict";
import type { JSHandle, Page } from "playwright-core";
import type { RecoveryReport, Room } from "../../../client/mod.ts";
import { eventually } from "../../support/eventually.ts";
import * as inPage from "./in_page.ts";

/** A page that has joined a room through the SDK. */
export class Client {
  readonly page: Page;
  /** To be driven by functions that use nothing but their arguments. */
  readonly room: JSHandle<Room>;
  readonly #joined: JSHandle<inPage.Joined>;

  private constructor(
    page: Page,
    joined: JSHandle<inPage.Joined>,
    room: JSHandle<Room>,
  ) {
    this.page = page;
    this.room = room;
    this.#joined = joined;
  }

  static async join(
    page: Page,
    join: inPage.JoinArguments,
  ): Promise<Client> {
    const joined = await page.evaluateHandle(inPage.join, join);
    const room = await joined.evaluateHandle(({ room }) => room);
    return new Client(page, joined, room);
  }

  publish(
    constraints: MediaStreamConstraints = { audio: true, video: true },
  ): Promise<void> {
    return this.#joined.evaluate(inPage.publishDevices, constraints);
  }

  publishScreen(): Promise<void> {
    return this.#joined.evaluate(inPage.publishScreen);
  }

  leave(): Promise<void> {
    return this.room.evaluate((room) => room.leave());
  }

  /** Identities of the others, sorted. */
  others(): Promise<string[]> {
    return this.room.evaluate((room) =>
      [...room.participants.values()].map(({ identity }) => identity).sort()
    );
  }

  receptions(): Promise<inPage.Reception[]> {
    return this.#joined.evaluate(inPage.receptions);
  }

  async reception(identity: string, key: string): Promise<inPage.Reception> {
    const all = await this.receptions();
    const found = all.find((one) =>
      one.identity === identity && one.key === key
    );
    assert.ok(found, `no ${key} of ${identity} in ${JSON.stringify(all)}`);
    return found;
  }

  /** Resolves when more and more frames of a track are decoded. */
  async sees(identity: string, key = "camera"): Promise<void> {
    await this.#rises(identity, key, "framesDecoded", 5);
  }

  /** Resolves when a track is heard. */
  async hears(identity: string, key = "microphone"): Promise<void> {
    await this.#rises(identity, key, "audioEnergy", 1e-6);
  }

  async #rises(
    identity: string,
    key: string,
    measure: "framesDecoded" | "audioEnergy",
    by: number,
  ): Promise<void> {
    const { [measure]: start } = await eventually(() =>
      this.reception(identity, key)
    );
    await eventually(async () => {
      const { [measure]: value } = await this.reception(identity, key);
      assert.ok(
        value >= start + by,
        `${measure} of ${identity}'s ${key} went from ${start} to ${value}`,
      );
    });
  }

  events(): Promise<inPage.Recorded[]> {
    return this.#joined.evaluate(({ events }) => events);
  }

  /** The reports of what has been recovered, in order. */
  async recoveries(): Promise<RecoveryReport[]> {
    return await this.#joined.evaluate(({ recoveries }) => recoveries);
  }

  /** Waits for an event, also one that came before. */
  heard(
    event: string,
    detail?: unknown,
    { within = 5_000 }: { within?: number } = {},
  ): Promise<inPage.Recorded> {
    return eventually(async () => {
      const events = await this.events();
      const found = events.find((one) =>
        one.event === event &&
        (detail === undefined || isDeepEqual(one.detail, detail))
      );
      assert.ok(
        found,
        `no ${event} ${JSON.stringify(detail)} in ${JSON.stringify(events)}`,
      );
      return found;
    }, { within });
  }
}

function isDeepEqual(actual: unknown, expected: unknown): boolean {
  try {
    assert.deepEqual(actual, expected);
    return true;
  } catch {
    return false;
  }
}
