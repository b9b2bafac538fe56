import type { Device, types } from "mediasoup-client";
import { errorOf, type HoldfastError } from "../errors.ts";
import type { Ports } from "../ports.ts";
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
export class Media {
  readonly sending: Sending;
  readonly receiving: Receiving;
  readonly #settings: TransportSettings;
  readonly #except: (error: HoldfastError) => void;
  readonly #transports: Record<Direction, LazyTransport>;
  #device: Promise<Device> | undefined;

  constructor(
    ports: Ports,
    settings: TransportSettings,
    except: (error: HoldfastError) => void,
  ) {
    this.#settings = settings;
    this.#except = except;
    this.#transports = {
      send: new LazyTransport(() => this.#open("send")),
      recv: new LazyTransport(() => this.#open("recv")),
    };
    this.sending = new Sending(settings.ask, ports, this.#transports.send);
    this.receiving = new Receiving(settings.ask, this.#transports.recv);
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
      this.#except(errorOf("mediaFailed", `the ${direction} transport`));
    });
    return transport;
  }
}
