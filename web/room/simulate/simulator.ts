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

/** Takes the network away from a page for a while, as far as a page can. */
export class Simulator {
  readonly #signaling = new Line(Date.now);
  readonly #media = new Line(Date.now);
  #timer: number | undefined;
  /** Undefined when there is none any more. */
  onChange: (simulation: Simulation | undefined) => void = () => {};

  /** What a room needs of the browser, over lines that can be cut. */
  over(ports: Ports): Ports {
    const { WebSocket, after } = ports;
    return {
      ...ports,
      WebSocket: webSocketOver(this.#signaling, after, WebSocket),
    };
  }

  peerConnection(Native: typeof RTCPeerConnection): typeof RTCPeerConnection {
    return peerConnectionOver(this.#media, Native);
  }

  start(fault: Fault, ms: number): void {
    this.stop();
    if (fault !== "media") this.#signaling.cut();
    if (fault !== "signaling") this.#media.cut();
    this.#timer = setTimeout(() => this.stop(), ms);
    this.onChange({ fault, until: Date.now() + ms });
  }

  /** Harmless where nothing was started. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#signaling.restore();
    this.#media.restore();
    this.onChange(undefined);
  }
}
