/**
 * A browser, as far as media goes: a mediasoup of its own that shakes hands with
 * the sidecar's, sends real RTP and takes it.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createWorker, type types } from "mediasoup";
import type { SfuParams, SfuResult } from "../../../sfu/methods.ts";
import { defaultMediaCodecs } from "../../../sfu/sidecar/codecs.ts";
import { exact } from "../../../sfu/sidecar/exact.ts";
import {
  fromRtpParameters,
  toRtpParameters,
} from "../../../sfu/sidecar/rtp.ts";
import {
  bindingRequest,
  isBindingSuccess,
  isStun,
} from "../../../sfu/worker/stun.ts";
import { IP, subprocessClosed } from "./_worker.ts";

type Remote = SfuResult<"createWebRtcTransport">;
type DtlsParameters = SfuParams<"connectWebRtcTransport">["dtlsParameters"];
type SctpStreamParameters = SfuParams<"produceData">["sctpStreamParameters"];
type RtpParameters = SfuParams<"produce">["rtpParameters"];

const CONSENT_MS = 100;
const FRAME_MS = 20;
const FRAME_SAMPLES = 960;
const AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const AUDIO_LEVEL_ID = 6;
const FIRST_SSRC = 4242;
const PAYLOAD_TYPE = 111;
/** Each packet of it, as long as nobody encrypts it. */
export const SOUND = "U".repeat(40);

export type OwnTransport = {
  readonly own: types.WebRtcTransport;
  /** Resolves when the sidecar has answered under the new credentials. */
  restartIce(parameters: Remote["iceParameters"]): Promise<void>;
};

export class Browser implements AsyncDisposable {
  readonly #worker: types.Worker;
  readonly #router: types.Router;
  readonly #direct: types.DirectTransport;
  readonly #open: { close(): void }[] = [];
  #nextSsrc = FIRST_SSRC;

  private constructor(
    worker: types.Worker,
    router: types.Router,
    direct: types.DirectTransport,
  ) {
    this.#worker = worker;
    this.#router = router;
    this.#direct = direct;
  }

  static async start(workerBin: string): Promise<Browser> {
    const worker = await createWorker({ workerBin, logLevel: "error" });
    const router = await worker.createRouter({
      mediaCodecs: defaultMediaCodecs,
    });
    return new Browser(worker, router, await router.createDirectTransport());
  }

  /** `connect` is to hand these parameters to the sidecar. */
  async open(
    remote: Remote,
    connect: (dtlsParameters: DtlsParameters) => Promise<unknown>,
  ): Promise<OwnTransport> {
    const own = await this.#router.createWebRtcTransport({
      listenInfos: [{ protocol: "udp", ip: IP }],
      enableSctp: remote.sctpParameters !== undefined,
    });
    const { fingerprints } = remote.dtlsParameters;
    await own.connect({ dtlsParameters: { role: "server", fingerprints } });
    await connect({
      role: "client",
      fingerprints: own.dtlsParameters.fingerprints,
    });
    const relay = await Relay.between(own, remote);
    this.#open.push(relay);
    return { own, restartIce: (parameters) => relay.restart(parameters) };
  }

  /** Speaks at this level, in dBov, and says what to `produce`. */
  async speak(
    transport: types.WebRtcTransport,
    level: number,
  ): Promise<RtpParameters> {
    const ssrc = this.#nextSsrc++;
    const producer = await this.#direct.produce({
      kind: "audio",
      rtpParameters: {
        codecs: [{
          mimeType: "audio/opus",
          payloadType: PAYLOAD_TYPE,
          clockRate: 48000,
          channels: 2,
        }],
        headerExtensions: [{ uri: AUDIO_LEVEL, id: AUDIO_LEVEL_ID }],
        encodings: [{ ssrc }],
      },
    });
    const consumer = await transport.consume({
      producerId: producer.id,
      rtpCapabilities: this.#router.rtpCapabilities,
    });
    let sequence = 0;
    const timer = setInterval(
      () => producer.send(packet(ssrc, sequence++, level)),
      FRAME_MS,
    );
    this.#open.push({ close: () => clearInterval(timer) });
    return fromRtpParameters(consumer.rtpParameters);
  }

  /** Takes what a consumer of the sidecar sends; counts its packets. */
  async listen(
    transport: types.WebRtcTransport,
    { kind, rtpParameters }: Pick<
      SfuResult<"consume">,
      "kind" | "rtpParameters"
    >,
  ): Promise<{ readonly packets: number }> {
    const producer = await transport.produce({
      kind,
      rtpParameters: toRtpParameters(rtpParameters, kind),
    });
    const consumer = await this.#direct.consume({
      producerId: producer.id,
      rtpCapabilities: this.#router.rtpCapabilities,
    });
    const heard = { packets: 0 };
    consumer.on("rtp", () => heard.packets++);
    return heard;
  }

  /** Opens a data channel, and says what to `produceData`. */
  async openData(transport: types.WebRtcTransport): Promise<{
    readonly sctpStreamParameters: SctpStreamParameters;
    send(text: string): void;
  }> {
    const producer = await this.#direct.produceData({ label: "chat" });
    const consumer = await transport.consumeData({
      dataProducerId: producer.id,
    });
    const { sctpStreamParameters } = consumer;
    if (!sctpStreamParameters) throw new Error("there is no SCTP stream");
    return { sctpStreamParameters, send: (text) => producer.send(text) };
  }

  /** Takes what a data consumer of the sidecar sends. */
  async takeData(
    transport: types.WebRtcTransport,
    sctpStreamParameters: SctpStreamParameters,
  ): Promise<readonly string[]> {
    const producer = await transport.produceData({
      sctpStreamParameters: exact(sctpStreamParameters),
    });
    const consumer = await this.#direct.consumeData({
      dataProducerId: producer.id,
    });
    const taken: string[] = [];
    consumer.on("message", (message) => taken.push(message.toString()));
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = subprocessClosed(this.#worker);
    for (const thing of this.#open) thing.close();
    this.#worker.close();
    await closed;
  }
}

/**
 * Between two ICE-lite ends: asks both for consent, as a full ICE agent does,
 * and passes all else on.
 */
class Relay {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #own: types.WebRtcTransport;
  readonly #remote: Remote;
  #remoteIce: Remote["iceParameters"];

  private constructor(
    near: Socket,
    far: Socket,
    own: types.WebRtcTransport,
    remote: Remote,
  ) {
    this.#near = near;
    this.#far = far;
    this.#own = own;
    this.#remote = remote;
    this.#remoteIce = remote.iceParameters;
    this.#timer = setInterval(() => this.#askConsent(), CONSENT_MS);
    this.#askConsent();
  }

  static async between(
    own: types.WebRtcTransport,
    remote: Remote,
  ): Promise<Relay> {
    const [near, far] = await Promise.all([boundSocket(), boundSocket()]);
    const nearPort = udpPort(own.iceCandidates);
    const farPort = udpPort(remote.iceCandidates);
    near.on("message", (data) => isStun(data) || far.send(data, farPort, IP));
    far.on("message", (data) => isStun(data) || near.send(data, nearPort, IP));
    return new Relay(near, far, own, remote);
  }

  async restart(parameters: Remote["iceParameters"]): Promise<void> {
    this.#remoteIce = parameters;
    const { promise, resolve } = Promise.withResolvers<void>();
    const answered = (data: Buffer) => isBindingSuccess(data) && resolve();
    this.#far.on("message", answered);
    this.#askConsent();
    await promise;
    this.#far.off("message", answered);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#near.close();
    this.#far.close();
  }

  #askConsent(): void {
    const { iceParameters, iceCandidates } = this.#own;
    const near = bindingRequest(iceParameters);
    this.#near.send(near, udpPort(iceCandidates), IP);
    const far = bindingRequest(this.#remoteIce);
    this.#far.send(far, udpPort(this.#remote.iceCandidates), IP);
  }
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, IP);
  await once(socket, "listening");
  return socket;
}

function udpPort(candidates: Remote["iceCandidates"]): number {
  const udp = candidates.find(({ protocol }) => protocol === "udp");
  if (!udp) throw new Error("there is no UDP candidate");
  return udp.port;
}

/** 20 ms of Opus, so loud. */
function packet(ssrc: number, sequence: number, level: number): Buffer {
  const data = Buffer.alloc(12 + 8 + SOUND.length, SOUND);
  data.writeUInt8(0x90, 0);
  data.writeUInt8(PAYLOAD_TYPE, 1);
  data.writeUInt16BE(sequence & 0xffff, 2);
  data.writeUInt32BE(sequence * FRAME_SAMPLES, 4);
  data.writeUInt32BE(ssrc, 8);
  data.writeUInt16BE(0xbede, 12);
  data.writeUInt16BE(1, 14);
  data.writeUInt32BE((AUDIO_LEVEL_ID << 28 | -level << 16) >>> 0, 16);
  return data;
}
