import type { Device, types } from "mediasoup-client";
import type { JoinResult } from "../../protocol/mod.ts";
import type { MediaHost } from "./host.ts";
import { LazyTransport } from "./lazy_transport.ts";
import { type Direction, directions } from "./recovery/io.ts";
import { type Reading, readStats } from "./recovery/stats.ts";
import type { MediaSettings } from "./settings.ts";
import { isTransportNotFound } from "./transient.ts";
import {
  loadDevice,
  openTransport,
  type RouterRtpCapabilities,
} from "./transport.ts";
import { TransportTeller } from "./transport_teller.ts";
import { receivedIceParameters, receivedIceServer } from "./wire.ts";

/** What the service says that transports need, at the join and later. */
export type TransportNeeds = Pick<
  JoinResult,
  "routerRtpCapabilities" | "iceServers"
>;

export interface TransportsListener {
  /** Others may use it from now on. */
  opened(direction: Direction, transport: types.Transport): void;
  connectionChanged(transportId: string, state: RTCPeerConnectionState): void;
  /** The service does not know it any more. */
  gone(transportId: string): void;
}

/** A device, and a transport each way when needed. */
export class Transports implements Record<Direction, LazyTransport> {
  readonly send: LazyTransport;
  readonly recv: LazyTransport;
  readonly #settings: MediaSettings;
  readonly #listener: TransportsListener;
  readonly #teller: TransportTeller;
  #needs: TransportNeeds;
  #device: Promise<Device> | undefined;

  constructor(
    settings: MediaSettings,
    needs: TransportNeeds,
    host: MediaHost,
    listener: TransportsListener,
  ) {
    this.#settings = settings;
    this.#needs = needs;
    this.#listener = listener;
    this.#teller = new TransportTeller(host);
    this.send = this.#lazy("send");
    this.recv = this.#lazy("recv");
  }

  directionOf(transportId: string): Direction | undefined {
    return directions.find((direction) =>
      this[direction].current?.id === transportId
    );
  }

  /** Whoever needs one waits from now on. */
  hold(): void {
    for (const direction of directions) this[direction].hold();
  }

  release(): void {
    for (const direction of directions) this[direction].release();
  }

  close(): void {
    for (const direction of directions) this[direction].close();
  }

  /** Of another session, or another media server. */
  begin(needs: TransportNeeds): void {
    this.#needs = needs;
    this.#device = undefined;
  }

  updateRtpCapabilities(routerRtpCapabilities: RouterRtpCapabilities): void {
    const before = JSON.stringify(this.#needs.routerRtpCapabilities);
    if (JSON.stringify(routerRtpCapabilities) === before) return;
    this.begin({ ...this.#needs, routerRtpCapabilities });
  }

  /** Those that the app has set itself stay. */
  updateIceServers(iceServers: TransportNeeds["iceServers"]): void {
    const before = JSON.stringify(this.#iceServers);
    this.#needs = { ...this.#needs, iceServers };
    if (JSON.stringify(this.#iceServers) === before) return;
    for (const direction of directions) {
      this[direction].current
        ?.updateIceServers({ iceServers: this.#iceServers })
        // It is closed: the next one begins with them.
        .catch(() => {});
    }
  }

  /**
   * @returns The ids of those that the service does not have any more.
   * @throws {HoldfastError} when nothing was restarted.
   */
  async restartIce(transportIds: readonly string[]): Promise<string[]> {
    let answer;
    try {
      answer = await this.#settings.ask("restartIce", {
        transportIds: [...transportIds],
      });
    } catch (error) {
      if (isTransportNotFound(error)) return [...transportIds];
      throw error;
    }
    const gone: string[] = [];
    const restarts = answer.transports.map(
      async ({ transportId, iceParameters: given }) => {
        const direction = this.directionOf(transportId);
        if (given === undefined) gone.push(transportId);
        else if (direction) {
          const iceParameters = receivedIceParameters(given);
          await this[direction].current?.restartIce({ iceParameters });
        }
      },
    );
    // One that cannot be restarted does not connect, and is recreated then.
    await Promise.allSettled(restarts);
    return gone;
  }

  /** Undefined when the transport closes meanwhile. */
  async read(direction: Direction): Promise<Reading | undefined> {
    const transport = this[direction].current;
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

  /** What cannot be closed at the service is gone there. */
  closeAtService(transportId: string): void {
    this.#settings.ask("closeTransport", { transportId }).catch(() => {});
  }

  get #iceServers(): RTCIceServer[] {
    return this.#settings.iceServers ??
      this.#needs.iceServers.map(receivedIceServer);
  }

  #lazy(direction: Direction): LazyTransport {
    return new LazyTransport({
      open: () => this.#open(direction),
      opened: (transport) => this.#opened(direction, transport),
      release: (transportId) => this.closeAtService(transportId),
      gone: (transportId) => this.#listener.gone(transportId),
    });
  }

  async #open(direction: Direction): Promise<types.Transport> {
    const { routerRtpCapabilities } = this.#needs;
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
    const { id } = transport;
    transport.on("connectionstatechange", (state) => {
      this.#listener.connectionChanged(id, state);
      if (this.directionOf(id)) void this.read(direction);
    });
    this.#listener.opened(direction, transport);
  }
}
