import type { Device, types } from "mediasoup-client";
import type { JoinResult } from "../../protocol/mod.ts";
import { errorOf } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { MediaHost, Resumed, SignalingWatcher } from "../recovery.ts";
import { LazyTransport } from "./lazy_transport.ts";
import { Receiving } from "./receiving.ts";
import { Sending } from "./sending.ts";
import {
  loadDevice,
  openTransport,
  type TransportSettings,
} from "./transport.ts";

export type Direction = "send" | "recv";

/** The media of one room: a device, and a transport each way when needed. */
export class Media implements SignalingWatcher {
  readonly sending: Sending;
  readonly receiving: Receiving;
  readonly #settings: TransportSettings;
  readonly #host: MediaHost;
  readonly #transports: Record<Direction, LazyTransport>;
  #device: Promise<Device> | undefined;

  constructor(
    ports: Ports,
    settings: TransportSettings,
    host: MediaHost,
  ) {
    this.#settings = settings;
    this.#host = host;
    this.#transports = {
      send: new LazyTransport(() => this.#open("send")),
      recv: new LazyTransport(() => this.#open("recv")),
    };
    this.sending = new Sending(settings.ask, ports, this.#transports.send);
    this.receiving = new Receiving(settings.ask, this.#transports.recv);
  }

  suspected(): void {}

  spoke(): void {}

  lost(): void {}

  resumed(_resumed: Resumed): void {}

  rejoined(_joined: JoinResult): void {
    this.close();
  }

  ended(): void {
    this.close();
  }

  /** The service closed a transport. Says which; undefined when it is not known. */
  transportClosed(transportId: string): Direction | undefined {
    for (const direction of ["send", "recv"] as const) {
      const transport = this.#transports[direction];
      if (transport.id !== transportId) continue;
      transport.close();
      return direction;
    }
    return undefined;
  }

  close(): void {
    this.#transports.send.close();
    this.#transports.recv.close();
  }

  async #open(direction: Direction): Promise<types.Transport> {
    const device = await (this.#device ??= loadDevice(this.#settings));
    const transport = await openTransport(direction, device, this.#settings);
    if (direction === "send") this.sending.attach(transport);
    transport.on("connectionstatechange", (state) => {
      if (state !== "failed") return;
      this.#host.exception(
        errorOf("mediaFailed", `the ${direction} transport`),
      );
    });
    return transport;
  }
}
