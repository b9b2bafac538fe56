/**
 * A room server of the public kind with media, to measure ours beside:
 * protoo-server and mediasoup in one Node process, transports, producers and
 * consumers as in mediasoup-demo. Serves the page too, which is the script in
 * the file of its second argument.
 *
 * Listens at its first argument, prints its origin as JSON, and ends when its
 * stdin does.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import * as mediasoup from "mediasoup";
import type { types } from "mediasoup";
import protoo from "protoo-server";

type Accept = (data?: unknown) => void;
type Reject = (error: unknown) => void;
type Handler = (peer: Peer, data: Data) => unknown;
/** Of a request; each has some of them. */
type Data = {
  transportId: string;
  dtlsParameters: types.DtlsParameters;
  kind: types.MediaKind;
  rtpParameters: types.RtpParameters;
  rtpCapabilities: types.RtpCapabilities;
};
type Peer = {
  readonly id: string;
  readonly data: {
    rtpCapabilities?: types.RtpCapabilities;
    receiving?: types.WebRtcTransport;
    transports?: Map<string, types.WebRtcTransport>;
    producers?: types.Producer[];
  };
  close(): void;
  request(method: string, data: unknown): Promise<unknown>;
  notify(method: string, data: unknown): Promise<void>;
  on(event: "close", listener: () => void): void;
  on(
    event: "request",
    listener: (
      request: { method: string; data: Data },
      accept: Accept,
      reject: Reject,
    ) => void,
  ): void;
};
type ProtooRoom = {
  readonly peers: Peer[];
  hasPeer(id: string): boolean;
  getPeer(id: string): Peer | undefined;
  createPeer(id: string, transport: unknown): Peer;
};
type WebSocketServer = {
  on(
    event: "connectionrequest",
    listener: (
      info: { request: { url: string } },
      accept: () => unknown,
    ) => void,
  ): void;
};
const { Room, WebSocketServer }: {
  Room: new () => ProtooRoom;
  WebSocketServer: new (server: unknown, options: object) => WebSocketServer;
} = protoo;

const [address = "", script = ""] = process.argv.slice(2);
const PAGE = '<!doctype html><script type="module" src="/page.js"></script>';

const worker = await mediasoup.createWorker({ logLevel: "warn" });
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: [{ protocol: "udp", ip: address }],
});
const rooms = new Map<string, CallRoom>();
let queue = Promise.resolve();

class CallRoom {
  readonly #protoo = new Room();
  readonly #router: types.Router;

  constructor(router: types.Router) {
    this.#router = router;
  }

  static async create(): Promise<CallRoom> {
    const mediaCodecs: types.RouterRtpCodecCapability[] = [
      { kind: "video", mimeType: "video/VP8", clockRate: 90_000 },
      { kind: "audio", mimeType: "audio/opus", clockRate: 48_000, channels: 2 },
    ];
    return new CallRoom(await worker.createRouter({ mediaCodecs }));
  }

  connect(peerId: string, transport: unknown): void {
    this.#protoo.getPeer(peerId)?.close();
    const peer = this.#protoo.createPeer(peerId, transport);
    peer.on("request", ({ method, data }, accept, reject) => {
      const handler = this.#handlers[method];
      if (handler === undefined) return reject(new Error(`no ${method}`));
      Promise.resolve(handler(peer, data)).then(accept, reject);
    });
    peer.on("close", () => {
      for (const one of peer.data.transports?.values() ?? []) one.close();
    });
  }

  readonly #handlers: Record<string, Handler> = {
    getRouterRtpCapabilities: () => this.#router.rtpCapabilities,

    createWebRtcTransport: async (peer) => {
      const transport = await this.#router.createWebRtcTransport({
        webRtcServer,
        initialAvailableOutgoingBitrate: 1_000_000,
      });
      const transports = peer.data.transports ??= new Map();
      transports.set(transport.id, transport);
      const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
      return { id, iceParameters, iceCandidates, dtlsParameters };
    },

    connectWebRtcTransport: async (peer, { transportId, dtlsParameters }) => {
      await transportOf(peer, transportId).connect({ dtlsParameters });
    },

    /** With the transport on which it wants to receive. */
    join: (peer, { transportId, rtpCapabilities }) => {
      peer.data.rtpCapabilities = rtpCapabilities;
      peer.data.receiving = transportOf(peer, transportId);
      for (const other of this.#protoo.peers) {
        if (other === peer) continue;
        for (const producer of other.data.producers ?? []) {
          this.#consume(peer, producer);
        }
      }
    },

    produce: async (peer, { transportId, kind, rtpParameters }) => {
      const producer = await transportOf(peer, transportId)
        .produce({ kind, rtpParameters });
      (peer.data.producers ??= []).push(producer);
      for (const other of this.#protoo.peers) {
        if (other !== peer) this.#consume(other, producer);
      }
      return { id: producer.id };
    },
  };

  /** Paused until the client is ready for it. */
  async #consume(
    peer: Peer,
    { id: producerId }: types.Producer,
  ): Promise<void> {
    const { receiving, rtpCapabilities } = peer.data;
    if (receiving === undefined || rtpCapabilities === undefined) return;
    const wish = { producerId, rtpCapabilities, paused: true };
    try {
      const consumer = await receiving.consume(wish);
      const { id, kind, rtpParameters } = consumer;
      consumer.on("producerclose", () => {
        peer.notify("consumerClosed", { id }).catch(() => {});
      });
      const description = { id, producerId, kind, rtpParameters };
      await peer.request("newConsumer", description);
      await consumer.resume();
    } catch (error) {
      // Either of the two has left meanwhile.
      console.error(`not consumed: ${error}`);
    }
  }
}

function transportOf({ data }: Peer, id: string): types.WebRtcTransport {
  const transport = data.transports?.get(id);
  if (transport === undefined) throw new Error(`no transport ${id}`);
  return transport;
}

async function roomNamed(name: string): Promise<CallRoom> {
  const room = rooms.get(name) ?? await CallRoom.create();
  rooms.set(name, room);
  return room;
}

const server = createServer(async ({ url }, response) => {
  const isScript = url === "/page.js";
  response.setHeader(
    "content-type",
    isScript ? "text/javascript" : "text/html",
  );
  response.end(isScript ? await readFile(script) : PAGE);
});
new WebSocketServer(server, {
  maxReceivedFrameSize: 960_000,
  maxReceivedMessageSize: 960_000,
  fragmentOutgoingMessages: true,
  fragmentationThreshold: 960_000,
}).on("connectionrequest", ({ request }, accept) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  const roomId = searchParams.get("roomId") ?? "";
  const peerId = searchParams.get("peerId") ?? "";
  queue = queue.then(async () => {
    (await roomNamed(roomId)).connect(peerId, accept());
  });
});
server.listen(0, address, () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ origin: `http://${address}:${port}` }));
});

process.stdin.resume().on("end", () => process.exit(0));
