import type { Ports } from "../../../client/ports.ts";
import { Line } from "./line.ts";
import { peerConnectionOver } from "./line_peer.ts";
import { webSocketOver } from "./line_socket.ts";

export type Fault = "signaling" | "media" | "both";

/** A fault that is being made. */
export type Simulation = {
  fault: Fault;
  /** Milliseconds since 1970. */
  until: number;
};

/** Milliseconds since 1970, and a timer, with what calls it off. */
export type Clock = Pick<Ports, "now" | "after">;

const pageClock: Clock = {
  now: Date.now,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Takes the network away from a page for a while, as far as a page can. */
export class Simulator {
  readonly #clock: Clock;
  readonly #signaling: Line;
  readonly #media: Line;
  #callOffEnd: () => void = () => {};
  /** Undefined when there is none any more. */
  onChange: (simulation: Simulation | undefined) => void = () => {};

  constructor(clock: Clock = pageClock) {
    this.#clock = clock;
    this.#signaling = new Line(clock.now);
    this.#media = new Line(clock.now);
  }

  /** What a room needs of the browser, over lines that can be cut. */
  over<P extends Pick<Ports, "WebSocket">>(ports: P): P {
    const { after } = this.#clock;
    const WebSocket = webSocketOver(this.#signaling, after, ports.WebSocket);
    return { ...ports, WebSocket };
  }

  peerConnection(Native: typeof RTCPeerConnection): typeof RTCPeerConnection {
    return peerConnectionOver(this.#media, Native);
  }

  start(fault: Fault, ms: number): void {
    this.stop();
    if (fault !== "media") this.#signaling.cut();
    if (fault !== "signaling") this.#media.cut();
    this.#callOffEnd = this.#clock.after(ms, () => this.stop());
    this.onChange({ fault, until: this.#clock.now() + ms });
  }

  /** Harmless where nothing was started. */
  stop(): void {
    this.#callOffEnd();
    this.#signaling.restore();
    this.#media.restore();
    this.onChange(undefined);
  }
}
