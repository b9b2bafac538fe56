import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { eventually } from "../../support/eventually.ts";

/** Uses the demo page as a person does: by what it says. */
export class Person {
  readonly page: Page;
  readonly name: string;

  constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  /** The lobby, with the room's link opened. */
  async open(room: string): Promise<void> {
    await this.page.goto(`/?room=${room}`);
    await this.page.getByLabel("Your name").fill(this.name);
  }

  async join(room: string): Promise<void> {
    await this.open(room);
    await this.button("Join").click();
    await this.button("Leave").waitFor();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The tile of a participant, oneself included. */
  tile(name: string): Locator {
    return this.page.getByRole("list", { name: "Participants" })
      .getByRole("listitem").filter({ hasText: name });
  }

  /** Resolves when a video that has this label goes on moving. */
  async sees(label: string): Promise<void> {
    const video = this.page.getByLabel(label, { exact: true });
    const start = await shownFrames(video);
    await eventually(async () => {
      const now = await shownFrames(video);
      assert.ok(now > start + 5, `${label}: ${start} frames, then ${now}`);
    });
  }
}

const shownFrames = (video: Locator): Promise<number> =>
  video.evaluate((element) =>
    element instanceof HTMLVideoElement
      ? element.getVideoPlaybackQuality().totalVideoFrames
      : NaN
  );
