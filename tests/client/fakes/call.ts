import assert from "node:assert/strict";
import type {
  ConnectOptions,
  LocalPublication,
  RemotePublication,
} from "../../../client/mod.ts";
import { turn } from "../../support/turn.ts";
import { camera, joinResult, participant } from "./answers.ts";
import { FakeBooks } from "./books.ts";
import { FakeClient } from "./client.ts";
import { FakeTrack } from "./track.ts";
import { rest } from "./turns.ts";

const STEP_MS = 100;
const PING_MS = 1_000;

/** Ann sends her camera, receives Bob's, and all of it flows. */
export class FakeCall implements AsyncDisposable {
  readonly client = new FakeClient();
  /** What the service has of Ann's. */
  readonly books = new FakeBooks(this.client.service.answers);
  readonly track = new FakeTrack("video", { width: 1280, height: 720 });
  /** Whether media comes through, and whether the service pings. */
  readonly up = { media: true, signaling: true };
  /** The newest, as the service names them. */
  readonly transportIds = { send: "", recv: "" };

  static async start(options: ConnectOptions = {}): Promise<FakeCall> {
    const call = new FakeCall();
    const { client } = call;
    const bob = participant("bob", {
      producers: [camera()],
      mediaState: "connected",
    });
    client.service.answers.join = () => joinResult([bob]);
    call.#noteTransports();
    const room = await client.join(options);
    await room.localParticipant.publish(call.track, {
      source: "camera",
      appData: { lens: "wide" },
    });
    call.connect();
    await call.pass(4_000);
    client.log.length = 0;
    client.service.asked.length = 0;
    return call;
  }

  get sent(): LocalPublication {
    const { publications } = this.client.room.localParticipant;
    return publications.get("camera") ?? assert.fail("nothing is published");
  }

  get received(): RemotePublication {
    const bob = this.client.room.participants.get("s-bob");
    return bob?.publications.get("camera") ?? assert.fail("Bob has no camera");
  }

  /** All transports that are open. */
  connect(): void {
    for (const end of this.client.browser.ends) {
      if (!end.isClosed) end.connection("connected");
    }
  }

  #noteTransports(): void {
    const { answers } = this.client.service;
    const { createWebRtcTransport } = answers;
    answers.createWebRtcTransport = async (params) => {
      const info = await createWebRtcTransport(params);
      this.transportIds[params.direction] = info.transportId;
      return info;
    };
  }

  /** Time goes by, with packets and pings in it. */
  async pass(ms: number): Promise<void> {
    const { client, up } = this;
    for (let passed = STEP_MS; passed <= ms; passed += STEP_MS) {
      if (up.media) { for (const end of client.browser.ends) end.flow(); }
      if (up.signaling && passed % PING_MS === 0) client.service.ping();
      await turn();
      client.clock.advance(STEP_MS);
    }
    await rest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
  }
}
