import { FakeHandler, testFakeParameters, type types } from "mediasoup-client";

/** One WebRTC transport's browser end, and what it was told. */
export class FakeEnd {
  readonly handler: types.HandlerInterface;
  readonly direction: "send" | "recv";
  readonly options: types.HandlerOptions;
  /** What each track is sent with now, by its number. */
  readonly encodings = new Map<string, types.RtpEncodingParameters[]>();
  readonly sentTracks = new Map<string, MediaStreamTrack | null>();
  readonly codecOptions: (types.ProducerCodecOptions | undefined)[] = [];
  readonly channels: RTCDataChannel[] = [];
  /** What ICE was restarted with. */
  readonly restarts: types.IceParameters[] = [];
  isClosed = false;
  /** Packets that have come in, if any could. */
  #packets = 0;

  constructor(handler: types.HandlerInterface, options: types.HandlerOptions) {
    this.handler = handler;
    this.direction = options.direction;
    this.options = options;
    this.#watchSending(handler);
    this.#watchChannels(handler);
    this.#watchNetwork(handler);
    const close = handler.close.bind(handler);
    handler.close = () => {
      this.isClosed = true;
      close();
    };
  }

  /** Whether anything is sent of the track that was published first. */
  get isSending(): boolean {
    const [first] = this.encodings.values();
    return first?.some(({ active }) => active !== false) ?? false;
  }

  connection(state: types.ConnectionState): void {
    this.handler.emit("@connectionstatechange", state);
  }

  /** Packets come in. */
  flow(): void {
    this.#packets++;
  }

  /** The SCTP association comes up. */
  openChannels(): void {
    for (const channel of this.channels) {
      Object.defineProperty(channel, "readyState", { value: "open" });
      channel.dispatchEvent(new Event("open"));
    }
  }

  #watchSending(handler: types.HandlerInterface): void {
    const send = handler.send.bind(handler);
    handler.send = async (options) => {
      const result = await send(options);
      this.encodings.set(result.localId, options.encodings ?? []);
      this.sentTracks.set(result.localId, options.track);
      this.codecOptions.push(options.codecOptions);
      return result;
    };
    const stopSending = handler.stopSending.bind(handler);
    handler.stopSending = async (localId) => {
      await stopSending(localId);
      this.encodings.delete(localId);
      this.sentTracks.delete(localId);
    };
    const replaceTrack = handler.replaceTrack.bind(handler);
    handler.replaceTrack = async (localId, track) => {
      await replaceTrack(localId, track);
      this.sentTracks.set(localId, track);
    };
    handler.setRtpEncodingParameters = (localId, params) => {
      const encodings = this.encodings.get(localId) ?? [];
      this.encodings.set(
        localId,
        encodings.map((encoding) => ({ ...encoding, ...params })),
      );
      return Promise.resolve();
    };
  }

  #watchNetwork(handler: types.HandlerInterface): void {
    handler.restartIce = (iceParameters) => {
      this.restarts.push(iceParameters);
      return Promise.resolve();
    };
    handler.getTransportStats = () => {
      const packetsReceived = this.#packets;
      const state = { iceState: "connected", dtlsState: "connected" };
      const stats = [
        { id: "T", type: "transport", selectedCandidatePairId: "P", ...state },
        { id: "P", type: "candidate-pair", packetsReceived },
      ];
      return Promise.resolve(new Map(stats.map((stat) => [stat.id, stat])));
    };
  }

  #watchChannels(handler: types.HandlerInterface): void {
    const send = handler.sendDataChannel.bind(handler);
    handler.sendDataChannel = async (options) => {
      const result = await send(options);
      this.channels.push(result.dataChannel);
      return result;
    };
    const receive = handler.receiveDataChannel.bind(handler);
    handler.receiveDataChannel = async (options) => {
      const result = await receive(options);
      this.channels.push(result.dataChannel);
      return result;
    };
  }
}

/** A browser's WebRTC, as mediasoup-client's own fake has it. */
export class FakeBrowser {
  readonly ends: FakeEnd[] = [];
  readonly factory: types.HandlerFactory;

  constructor() {
    const fake = FakeHandler.createFactory(testFakeParameters);
    this.factory = {
      ...fake,
      factory: (options) => {
        const handler = fake.factory(options);
        this.ends.push(new FakeEnd(handler, options));
        return handler;
      },
    };
  }

  end(direction: "send" | "recv"): FakeEnd {
    const end = this.ends.findLast((end) => end.direction === direction);
    if (end === undefined) {
      throw new Error(`there is no ${direction} transport`);
    }
    return end;
  }
}
