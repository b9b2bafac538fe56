/** A participant with media: speaks, and hears others, in real RTP. */
import assert from "node:assert/strict";
import type { Params } from "../../protocol/mod.ts";
import type { Browser, OwnTransport } from "../sfu/sidecar/_browser.ts";
import { Participant } from "./participant.ts";

const LOOK_MS = 10;
/** Of who sends a packet each 20 ms. */
const SILENT_MS = 300;

type Opened = OwnTransport & { readonly transportId: string };

/** What is heard of somebody. */
export class Hearing implements Disposable {
  readonly producerId: string;
  readonly #heard: { readonly packets: number };
  readonly #timer: ReturnType<typeof setInterval>;
  #seen = 0;
  #at = performance.now();
  /** Milliseconds without a packet. */
  longestMs = 0;

  constructor(producerId: string, heard: { readonly packets: number }) {
    this.producerId = producerId;
    this.#heard = heard;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  get packets(): number {
    return this.#heard.packets;
  }

  get isSilent(): boolean {
    return performance.now() - this.#at > SILENT_MS;
  }

  /** Forgets how long there was silence. */
  reset(): void {
    this.longestMs = 0;
    this.#at = performance.now();
  }

  #look(): void {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.#at);
    if (this.packets === this.#seen) return;
    this.#seen = this.packets;
    this.#at = now;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

export class Caller implements AsyncDisposable {
  readonly participant: Participant;
  readonly room: string;
  readonly #browser: Browser;
  readonly #hearings = new DisposableStack();
  #sending: Opened | undefined;
  #receiving: Opened | undefined;

  private constructor(
    participant: Participant,
    room: string,
    browser: Browser,
  ) {
    this.participant = participant;
    this.room = room;
    this.#browser = browser;
  }

  static async join(
    origin: string,
    room: string,
    browser: Browser,
  ): Promise<Caller> {
    const participant = await Participant.join(origin, room);
    return new Caller(participant, room, browser);
  }

  /** Resolves with the producer. */
  async speak({ replace = false } = {}): Promise<string> {
    this.#sending ??= await this.#open({ direction: "send" });
    const { own, transportId } = this.#sending;
    const { producerId } = await this.participant.request("produce", {
      transportId,
      key: "microphone",
      kind: "audio",
      source: "microphone",
      replace,
      rtpParameters: await this.#browser.speak(own, -20),
    });
    return producerId;
  }

  async hear(producerId: string): Promise<Hearing> {
    const { rtpCapabilities } = this.participant;
    this.#receiving ??= await this.#open({
      direction: "recv",
      rtpCapabilities,
    });
    const { own, transportId } = this.#receiving;
    const consumed = await this.participant.request("consume", {
      transportId,
      producerId,
    });
    const heard = await this.#browser.listen(own, consumed);
    const { consumerId } = consumed;
    await this.participant.request("resumeConsumer", { consumerId });
    return this.#hearings.use(new Hearing(producerId, heard));
  }

  /** With nothing missed, and all media as it was. */
  async resume(origin: string): Promise<void> {
    const { snapshot, transports } = await this.participant
      .resume(origin, this.room);
    assert.equal(snapshot, undefined);
    assert.deepEqual(
      new Set(transports.map(({ transportId }) => transportId)),
      new Set(this.#transportIds),
    );
    for (const { advice } of transports) assert.equal(advice, "alive");
  }

  /** Each of its transports is told to be gone. */
  async losesAll(): Promise<void> {
    for (const _ of this.#transportIds) {
      await this.participant.event("transportClosed");
    }
    this.#sending = this.#receiving = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hearings[Symbol.dispose]();
    await this.participant[Symbol.asyncDispose]();
  }

  get #transportIds(): string[] {
    return [this.#sending, this.#receiving]
      .flatMap((one) => one ? [one.transportId] : []);
  }

  async #open(params: Params<"createWebRtcTransport">): Promise<Opened> {
    const made = await this.participant.request(
      "createWebRtcTransport",
      params,
    );
    const { transportId } = made;
    const opened = await this.#browser.open(
      made,
      (dtlsParameters) =>
        this.participant.request("connectWebRtcTransport", {
          transportId,
          dtlsParameters,
        }),
    );
    return { ...opened, transportId };
  }
}
