/**
 * A room server of the public kind, to measure ours beside: protoo-server and
 * mediasoup in one Node process, the steps of joining as in mediasoup-demo. The
 * room's router is made while its first WebSocket waits to be accepted; peers
 * ask for the router's capabilities and then join.
 *
 * Prints its port as the first line and ends when its stdin does.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import process from "node:process";
import * as mediasoup from "mediasoup";
import type { types } from "mediasoup";
import protoo from "protoo-server";

type Request = { method: string; data: { displayName?: string } };
type Peer = {
  id: string;
  data: { joined?: boolean; displayName?: string };
  close(): void;
  notify(method: string, data: unknown): Promise<void>;
  on(event: "close", listener: () => void): void;
  on(
    event: "request",
    listener: (
      request: Request,
      accept: (data: unknown) => void,
      reject: (code: number, reason: string) => void,
    ) => void,
  ): void;
};
type ProtooRoom = {
  peers: Peer[];
  createPeer(id: string, transport: unknown): Peer;
  close(): void;
};
type WebSocketServer = {
  on(
    event: "connectionrequest",
    listener: (
      info: { request: { url: string } },
      accept: () => unknown,
      reject: (error: unknown) => void,
    ) => void,
  ): void;
};
const { Room, WebSocketServer }: {
  Room: new () => ProtooRoom;
  WebSocketServer: new (
    server: unknown,
    options: Record<string, unknown>,
  ) => WebSocketServer;
} = protoo;

const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: "audio", mimeType: "audio/opus", clockRate: 48_000, channels: 2 },
  {
    kind: "video",
    mimeType: "video/VP8",
    clockRate: 90_000,
    parameters: { "x-google-start-bitrate": 1_000 },
  },
  {
    kind: "video",
    mimeType: "video/H264",
    clockRate: 90_000,
    parameters: {
      "packetization-mode": 1,
      "profile-level-id": "42e01f",
      "level-asymmetry-allowed": 1,
      "x-google-start-bitrate": 1_000,
    },
  },
];

const workers = await Promise.all(
  Array.from(
    { length: availableParallelism() },
    () => mediasoup.createWorker({ logLevel: "warn" }),
  ),
);
const rooms = new Map<string, DemoRoom>();
let nextWorker = 0;
/** The demo makes rooms and accepts connections one after another. */
let queue = Promise.resolve();

class DemoRoom {
  readonly #protoo = new Room();
  readonly #router: types.Router;

  static async create(worker: types.Worker): Promise<DemoRoom> {
    const router = await worker.createRouter({ mediaCodecs });
    await router.createAudioLevelObserver({
      maxEntries: 1,
      threshold: -80,
      interval: 800,
    });
    return new DemoRoom(router);
  }

  constructor(router: types.Router) {
    this.#router = router;
  }

  connect(peerId: string, transport: unknown, onEmpty: () => void): void {
    const peer = this.#protoo.createPeer(peerId, transport);
    peer.on("request", ({ method, data }, accept, reject) => {
      if (method === "getRouterRtpCapabilities") {
        accept(this.#router.rtpCapabilities);
      } else if (method === "join") {
        accept({ peers: this.#join(peer, data) });
      } else reject(404, `unknown method ${method}`);
    });
    peer.on("close", () => {
      this.#tellOthers(peer, "peerClosed", { peerId });
      if (this.#protoo.peers.length > 0) return;
      this.#protoo.close();
      this.#router.close();
      onEmpty();
    });
  }

  #join(peer: Peer, { displayName }: Request["data"]): unknown[] {
    const others = this.#protoo.peers.filter(({ data }) => data.joined);
    peer.data.joined = true;
    if (displayName !== undefined) peer.data.displayName = displayName;
    this.#tellOthers(peer, "newPeer", { id: peer.id, displayName });
    return others.map(({ id, data }) => ({
      id,
      displayName: data.displayName,
    }));
  }

  #tellOthers(peer: Peer, method: string, data: unknown): void {
    for (const other of this.#protoo.peers) {
      if (other === peer || !other.data.joined) continue;
      other.notify(method, data).catch(() => {});
    }
  }
}

async function roomNamed(name: string): Promise<DemoRoom> {
  const found = rooms.get(name);
  if (found !== undefined) return found;
  const worker = workers[nextWorker++ % workers.length];
  if (worker === undefined) throw new Error("no worker");
  const room = await DemoRoom.create(worker);
  rooms.set(name, room);
  return room;
}

const server = createServer();
new WebSocketServer(server, {
  maxReceivedFrameSize: 960_000,
  maxReceivedMessageSize: 960_000,
  fragmentOutgoingMessages: true,
  fragmentationThreshold: 960_000,
}).on("connectionrequest", ({ request }, accept, reject) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  const roomId = searchParams.get("roomId") ?? "";
  const peerId = searchParams.get("peerId") ?? "";
  queue = queue.then(async () => {
    const room = await roomNamed(roomId);
    room.connect(peerId, accept(), () => rooms.delete(roomId));
  }).catch(reject);
});
server.listen(0, "127.0.0.1", () => {
  console.log(String((server.address() as AddressInfo).port));
});

process.stdin.resume().on("end", () => process.exit(0));
