/**
 * mediasoup in a Node process, with nothing around it. Each line on stdin is a
 * number: so many transports are made and closed, one after the other, and
 * their milliseconds are said as JSON.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import * as mediasoup from "mediasoup";

const listenInfos = (["udp", "tcp"] as const).map((protocol) => ({
  protocol,
  ip: "127.0.0.1",
}));

const worker = await mediasoup.createWorker({ logLevel: "warn" });
const webRtcServer = await worker.createWebRtcServer({ listenInfos });
const router = await worker.createRouter();

async function make(): Promise<number> {
  const start = performance.now();
  const transport = await router.createWebRtcTransport({
    webRtcServer,
    enableUdp: true,
    preferUdp: true,
    enableSctp: true,
    initialAvailableOutgoingBitrate: 1_000_000,
    iceConsentTimeout: 30,
  });
  const ms = performance.now() - start;
  transport.close();
  return ms;
}

for await (const line of createInterface({ input: process.stdin })) {
  const samples: number[] = [];
  for (let count = 0; count < Number(line); count++) samples.push(await make());
  console.log(JSON.stringify(samples));
}
worker.close();
