import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { PublishOptions } from "../../client/mod.ts";
import { Publisher, type Publishing } from "../../web/room/call/publisher.ts";
import { FakeTrack } from "../client/fakes/track.ts";
import { eventually } from "../support/eventually.ts";

/** Writes down what is done to it; each step takes a turn. */
class FakeParticipant implements Publishing {
  readonly publications = new Map<string, FakePublication>();
  readonly steps: string[] = [];
  failures = 0;

  async publish(track: MediaStreamTrack, options: PublishOptions) {
    await this.#step(options.muted ? "publish muted" : "publish");
    const publication = new FakePublication(track, options.muted ?? false);
    publication.onStep = (step) => this.#step(step);
    this.publications.set(options.source, publication);
  }

  async #step(step: string): Promise<void> {
    this.steps.push(step);
    await Promise.resolve();
    if (this.failures-- > 0) throw new Error(`${step} failed`);
  }
}

class FakePublication {
  track: MediaStreamTrack;
  muted: boolean;
  onStep: (step: string) => Promise<void> = () => Promise.resolve();

  constructor(track: MediaStreamTrack, muted: boolean) {
    this.track = track;
    this.muted = muted;
  }

  async mute() {
    this.muted = true;
    await this.onStep("mute");
  }

  async unmute() {
    this.muted = false;
    await this.onStep("unmute");
  }

  async replaceTrack(track: MediaStreamTrack) {
    this.track = track;
    await this.onStep("replace");
  }
}

function world() {
  const participant = new FakeParticipant();
  const errors: unknown[] = [];
  const publisher = new Publisher(
    participant,
    "camera",
    (error) => errors.push(error),
  );
  const steps = (expected: string[]) =>
    eventually(() => assert.deepEqual(participant.steps, expected));
  return { participant, publisher, errors, steps };
}

const track = new FakeTrack("video");
const other = new FakeTrack("video");
const off = { track: undefined, muted: true };

describe("publishing a device", () => {
  it("waits until there is something to send", async () => {
    const { publisher, steps } = world();
    publisher.wish(off);
    publisher.wish({ track, muted: false });
    await steps(["publish"]);
  });

  it("starts muted when one joins muted", async () => {
    const { publisher, steps } = world();
    publisher.wish({ track, muted: true });
    await steps(["publish muted"]);
  });

  it("mutes when the camera is off, and sends the new track when it is on", async () => {
    const { publisher, steps } = world();
    publisher.wish({ track, muted: false });
    await steps(["publish"]);
    publisher.wish(off);
    await steps(["publish", "mute"]);
    publisher.wish({ track: other, muted: false });
    await steps(["publish", "mute", "replace", "unmute"]);
  });

  it("keeps sending while another camera is being opened", async () => {
    const { publisher, steps } = world();
    publisher.wish({ track, muted: false });
    await steps(["publish"]);
    publisher.wish({ track: undefined, muted: false });
    publisher.wish({ track: other, muted: false });
    await steps(["publish", "replace"]);
  });

  it("does not unmute before there is something to send", async () => {
    const { publisher, steps } = world();
    publisher.wish({ track, muted: true });
    await steps(["publish muted"]);
    publisher.wish({ track: undefined, muted: false });
    publisher.wish(off);
    publisher.wish({ track: other, muted: true });
    await steps(["publish muted", "replace"]);
  });

  it("leaves out wishes that were overtaken", async () => {
    const { publisher, steps } = world();
    publisher.wish({ track, muted: false });
    publisher.wish(off);
    publisher.wish({ track, muted: false });
    publisher.wish(off);
    await steps(["publish", "mute"]);
  });

  it("publishes anew what the SDK has ended", async () => {
    const { participant, publisher, steps } = world();
    publisher.wish({ track, muted: false });
    await steps(["publish"]);
    participant.publications.clear();
    publisher.wish({ track: other, muted: false });
    await steps(["publish", "publish"]);
  });

  it("tells what failed, and fulfils the next wish", async () => {
    const { participant, publisher, errors, steps } = world();
    participant.failures = 1;
    publisher.wish({ track, muted: false });
    await eventually(() => assert.equal(errors.length, 1));
    publisher.wish({ track, muted: false });
    await steps(["publish", "publish"]);
    assert.equal(participant.publications.size, 1);
  });
});
