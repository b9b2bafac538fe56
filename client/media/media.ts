import type { Device, types } from "mediasoup-client";
import type { EventParams, JoinResult } from "../../protocol/mod.ts";
import type { Ports } from "../ports.ts";
import type { MediaHost, Resumed, SignalingWatcher } from "./host.ts";
import { LazyTransport } from "./lazy_transport.ts";
import { Receiving } from "./receiving.ts";
import { type Direction, directions, type Sample } from "./recovery/io.ts";
import {
  type RecoveryActions,
  RecoveryRunner,
  type Recreation,
} from "./recovery/runner.ts";
import { readStats } from "./recovery/stats.ts";
import { Sending } from "./sending.ts";
import type { MediaSettings } from "./settings.ts";
import { isTransportNotFound } from "./transient.ts";
import {
  loadDevice,
  openTransport,
  type RouterRtpCapabilities,
} from "./transport.ts";
import { TransportTeller } from "./transport_teller.ts";
import { receivedIceParameters, receivedIceServer } from "./wire.ts";

type CloseCause = EventParams<"transportClosed">["cause"];

/** Recreations are done again before the service gives them up. */
const OF_DTLS_TIMEOUT = 2 / 3;

/** What the service says of a room's media, at the join and later. */
export type Described = Pick<
  JoinResult,
  "routerRtpCapabilities" | "iceServers" | "policy"
>;

/** The media of one room: a device, and a transport each way when needed. */
export class Media implements SignalingWatcher, RecoveryActions {
  readonly sending: Sending;
  readonly receiving: Receiving;
  readonly #settings: MediaSettings;
  readonly #transports: Record<Direction, LazyTransport>;
  readonly #recovery: RecoveryRunner;
  readonly #teller: TransportTeller;
  #isServerLost = false;
  #described: Described;
  #device: Promise<Device> | undefined;

  constructor(
    ports: Ports,
    settings: MediaSettings,
    described: Described,
    host: MediaHost,
  ) {
    this.#settings = settings;
    this.#described = described;
    this.#transports = { send: this.#lazy("send"), recv: this.#lazy("recv") };
    const release = (transportId: string) => this.#release(transportId);
    const { send, recv } = this.#transports;
    this.sending = new Sending(settings.ask, ports, send, release);
    this.receiving = new Receiving(settings.ask, ports, recv, release);
    const { disconnectedTimeoutMs, recreateAlways } = settings;
    this.#recovery = new RecoveryRunner(ports, host, this, {
      disconnectedTimeoutMs,
      recreateAlways,
      reopenTimeoutMs: () =>
        this.#described.policy.dtlsTimeoutMs * OF_DTLS_TIMEOUT,
    });
    this.#teller = new TransportTeller(host);
  }

  suspected(): void {
    this.#recovery.handle({ type: "suspected" });
  }

  spoke(): void {
    this.#recovery.handle({ type: "spoke" });
  }

  lost(): void {
    for (const direction of directions) this.#transports[direction].hold();
    this.#recovery.handle({ type: "lost" });
  }

  resumed({ transports, iceServers, snapshot }: Resumed): void {
    this.updateIceServers(iceServers);
    const advice = new Map(
      transports.map(({ transportId, advice }) => [transportId, advice]),
    );
    const described = snapshot?.routerRtpCapabilities;
    if (snapshot && !described) this.serverLost();
    this.#recovery.handle({ type: "resumed", advice });
    if (described) this.serverReady(described);
    else if (!this.#isServerLost) this.#releaseAll();
  }

  /** All that was at the service is gone, and nothing can be made for now. */
  serverLost(): void {
    this.#isServerLost = true;
    for (const direction of directions) this.#transports[direction].hold();
    this.#recovery.handle({ type: "serverLost" });
  }

  serverReady(routerRtpCapabilities: RouterRtpCapabilities): void {
    this.#isServerLost = false;
    const before = JSON.stringify(this.#described.routerRtpCapabilities);
    if (JSON.stringify(routerRtpCapabilities) !== before) {
      this.#described = { ...this.#described, routerRtpCapabilities };
      this.#device = undefined;
    }
    this.#recovery.handle({ type: "serverReady" });
    this.#releaseAll();
  }

  rejoined(joined: JoinResult): void {
    this.#described = joined;
    this.#device = undefined;
    this.#isServerLost = false;
    this.#recovery.handle({ type: "rejoined" });
    this.#releaseAll();
    // Where there was no transport yet, what waits for one begins anew.
    if (this.#recovery.isUsed("recv")) return;
    this.receiving.recreate().catch(() => {});
  }

  ended(): void {
    this.close();
  }

  /** The policy of the room has changed, or may have. */
  follow(policy: Described["policy"]): void {
    this.#described = { ...this.#described, policy };
  }

  /** At the app's wish. */
  recover({ recreate }: { readonly recreate: boolean }): void {
    this.#recovery.handle({ type: "asked", recreate });
  }

  /**
   * The service closed a transport.
   *
   * @returns Which one, when what it carried has ended with it; nothing when that
   * goes on over another.
   */
  transportClosed(
    transportId: string,
    cause: CloseCause,
  ): Direction | undefined {
    const direction = this.#directionOf(transportId);
    if (direction === undefined) return undefined;
    if (cause === "lost" || this.#recovery.isEstablished(direction)) {
      this.#recovery.handle({ type: "gone", id: transportId });
      return undefined;
    }
    this.#transports[direction].close();
    this.#recovery.handle({ type: "closed", direction });
    return direction;
  }

  /**
   * DTLS has ended at the service, which no restart of ICE brings back. One that
   * never worked is the service's to close.
   */
  transportEnded(transportId: string): void {
    const direction = this.#directionOf(transportId);
    if (direction === undefined) return;
    if (!this.#recovery.isEstablished(direction)) return;
    this.#recovery.handle({ type: "gone", id: transportId });
  }

  /** All ends here; the service is told otherwise. */
  close(): void {
    this.#recovery.handle({ type: "ended" });
    for (const direction of directions) this.#transports[direction].close();
    this.receiving.close();
  }

  async sample(transportId: string): Promise<Sample | undefined> {
    const direction = this.#directionOf(transportId);
    const reading = direction && await this.#read(direction);
    if (direction === undefined || reading === undefined) return undefined;
    const { pair, pairs, frames } = reading;
    const { isExpected } = direction === "send" ? this.sending : this.receiving;
    const shown = this.receiving.framesOf(frames);
    return { pair, pairs, isExpected, frames: shown };
  }

  setSuspended(suspended: boolean): void {
    this.sending.setSuspended(suspended);
  }

  async restartIce(transportIds: readonly string[]): Promise<string[]> {
    const { ask } = this.#settings;
    let answer;
    try {
      answer = await ask("restartIce", { transportIds: [...transportIds] });
    } catch (error) {
      if (isTransportNotFound(error)) return [...transportIds];
      throw error;
    }
    const gone: string[] = [];
    const restarts = answer.transports.map(
      async ({ transportId, iceParameters: given }) => {
        const direction = this.#directionOf(transportId);
        if (given === undefined) gone.push(transportId);
        else if (direction) {
          const iceParameters = receivedIceParameters(given);
          await this.#transports[direction].current?.restartIce({
            iceParameters,
          });
        }
      },
    );
    // One that cannot be restarted does not connect, and is recreated then.
    await Promise.allSettled(restarts);
    return gone;
  }

  recreate(direction: Direction): Promise<Recreation> {
    return direction === "send"
      ? this.sending.recreate()
      : this.receiving.recreate();
  }

  requestKeyFrame(video: string): void {
    const consumerId = this.receiving.receiver(video)?.consumerId;
    if (consumerId === undefined) return;
    const { ask } = this.#settings;
    // If it fails, the next one comes soon.
    ask("requestConsumerKeyFrame", { consumerId }).catch(() => {});
  }

  get #iceServers(): RTCIceServer[] {
    return this.#settings.iceServers ??
      this.#described.iceServers.map(receivedIceServer);
  }

  #directionOf(transportId: string): Direction | undefined {
    return directions.find((direction) =>
      this.#transports[direction].current?.id === transportId
    );
  }

  #lazy(direction: Direction): LazyTransport {
    return new LazyTransport({
      open: () => this.#open(direction),
      opened: (transport) => this.#opened(direction, transport),
      release: (transportId) => this.#release(transportId),
      gone: (transportId) => {
        this.#recovery.handle({ type: "gone", id: transportId });
      },
    });
  }

  async #open(direction: Direction): Promise<types.Transport> {
    const { routerRtpCapabilities } = this.#described;
    const device = await (this.#device ??= loadDevice(
      this.#settings,
      routerRtpCapabilities,
    ));
    return await openTransport(
      direction,
      device,
      this.#settings,
      () => this.#iceServers,
    );
  }

  #opened(direction: Direction, transport: types.Transport): void {
    if (direction === "send") this.sending.attach(transport);
    const { id } = transport;
    transport.on("connectionstatechange", (state) => {
      this.#recovery.handle({ type: "connection", id, state });
      if (this.#directionOf(id)) void this.#read(direction);
    });
    this.#recovery.handle({ type: "opened", direction, id });
  }

  /** Undefined when the transport closes meanwhile. */
  async #read(direction: Direction) {
    const transport = this.#transports[direction].current;
    try {
      const report = await transport?.getStats();
      if (report === undefined || transport?.closed) return undefined;
      const reading = readStats(report);
      this.#teller.tell(direction, reading);
      return reading;
    } catch {
      return undefined;
    }
  }

  /** Those that the app has set itself stay. */
  updateIceServers(iceServers: Described["iceServers"]): void {
    const before = JSON.stringify(this.#iceServers);
    this.#described = { ...this.#described, iceServers };
    if (JSON.stringify(this.#iceServers) === before) return;
    for (const direction of directions) {
      this.#transports[direction].current
        ?.updateIceServers({ iceServers: this.#iceServers })
        // It is closed: the next one begins with them.
        .catch(() => {});
    }
  }

  #releaseAll(): void {
    for (const direction of directions) this.#transports[direction].release();
  }

  /** What cannot be closed at the service is gone there. */
  #release(transportId: string): void {
    this.#settings.ask("closeTransport", { transportId }).catch(() => {});
  }
}
