/**
 * The page of the public kind: it closes all and joins anew when its socket is
 * closed or a transport has failed.
 *
 * @module
 */
import { Device, type types } from "mediasoup-client";
import protoo from "protoo-client";

type Request = {
  method: string;
  data: types.ConsumerOptions<types.AppData> & { id: string };
};
type Peer = {
  close(): void;
  request(method: string, data?: unknown): Promise<never>;
  on(event: "open" | "disconnected" | "close", listener: () => void): void;
  on(
    event: "request",
    listener: (request: Request, accept: () => void) => void,
  ): void;
  on(event: "notification", listener: (notification: Request) => void): void;
};
const { Peer, WebSocketTransport }: {
  Peer: new (transport: unknown) => Peer;
  WebSocketTransport: new (url: string) => unknown;
} = protoo;

/** One stay, from joining to the first thing that goes wrong. */
class Stay {
  readonly #peer: Peer;
  readonly #track: MediaStreamTrack;
  readonly #onFailed: () => void;
  #transports: types.Transport[] = [];
  readonly #elements = new Map<string, HTMLMediaElement>();

  constructor(url: string, track: MediaStreamTrack, onFailed: () => void) {
    this.#track = track;
    this.#onFailed = onFailed;
    this.#peer = new Peer(new WebSocketTransport(url));
    this.#peer.on("open", () => this.#join());
    this.#peer.on("disconnected", () => this.#forget());
    this.#peer.on("close", () => this.#fail());
    this.#peer.on("notification", ({ method, data }) => {
      if (method === "consumerClosed") this.#hide(data.id);
    });
  }

  async #join(): Promise<void> {
    const device = await Device.factory();
    const routerRtpCapabilities = await this.#peer.request(
      "getRouterRtpCapabilities",
    );
    await device.load({ routerRtpCapabilities });
    const sending = await this.#open(device, "createSendTransport");
    const receiving = await this.#open(device, "createRecvTransport");
    sending.on("produce", ({ kind, rtpParameters }, done, failed) => {
      const producer = { transportId: sending.id, kind, rtpParameters };
      this.#peer.request("produce", producer).then(done, failed);
    });
    this.#peer.on("request", async ({ method, data }, accept) => {
      if (method !== "newConsumer" || receiving.closed) return;
      const { track } = await receiving.consume(data);
      accept();
      this.#show(data.id, track);
    });
    await this.#peer.request("join", {
      transportId: receiving.id,
      rtpCapabilities: device.recvRtpCapabilities,
    });
    await sending.produce({ track: this.#track, stopTracks: false });
  }

  async #open(
    device: Device,
    create: "createSendTransport" | "createRecvTransport",
  ): Promise<types.Transport> {
    const options: types.TransportOptions = await this.#peer.request(
      "createWebRtcTransport",
    );
    const transport = device[create](options);
    this.#transports.push(transport);
    transport.on("connect", ({ dtlsParameters }, done, failed) => {
      const ends = { transportId: transport.id, dtlsParameters };
      this.#peer.request("connectWebRtcTransport", ends).then(done, failed);
    });
    transport.on("connectionstatechange", (state) => {
      if (state === "failed") this.#peer.close();
    });
    return transport;
  }

  /** The socket is opened again by protoo-client, and all begins from there. */
  #forget(): void {
    for (const transport of this.#transports) transport.close();
    this.#transports = [];
    for (const id of this.#elements.keys()) this.#hide(id);
  }

  #fail(): void {
    this.#forget();
    this.#onFailed();
  }

  #show(id: string, track: MediaStreamTrack): void {
    const element = document.createElement("video");
    element.autoplay = true;
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    this.#elements.set(id, element);
  }

  #hide(id: string): void {
    this.#elements.get(id)?.remove();
    this.#elements.delete(id);
  }
}

/** Joins with a video, and again and again when it has to. */
async function call(
  roomId: string,
  peerId: string,
  video: MediaTrackConstraints,
): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video });
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new Error("There is no camera");
  const query = new URLSearchParams({ roomId, peerId });
  const url = `ws://${location.host}/?${query}`;
  const stay = () => void new Stay(url, track, stay);
  stay();
}

Object.assign(globalThis, { call });
