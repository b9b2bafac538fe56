import type { types } from "mediasoup-client";
import type { ConnectOptions } from "../api/options.ts";
import type { Ports } from "../ports.ts";
import type { Ask } from "../signaling/signaling.ts";

export type MediaSettings = {
  readonly ask: Ask;
  /** Instead of those that the service names. */
  readonly iceServers: RTCIceServer[] | undefined;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  readonly forceTcp: boolean;
  /** Milliseconds that ICE gets to come back from `disconnected` by itself. */
  readonly disconnectedTimeoutMs: number;
  /** Whether to recreate all transports after each outage of signaling. */
  readonly recreateAlways: boolean;
  /** Instead of the one for this browser. */
  readonly handlerFactory: types.HandlerFactory | undefined;
};

export function mediaSettings(
  ask: Ask,
  { handlerFactory }: Ports,
  options: ConnectOptions,
): MediaSettings {
  const { forceMediaReconnectionAfterNetworkDrop = false } = options;
  return {
    ask,
    iceServers: options.iceServers,
    iceTransportPolicy: options.iceTransportPolicy ?? "all",
    forceTcp: options.forceTcp ?? false,
    disconnectedTimeoutMs: options.iceDisconnectedTimeoutMs ?? 0,
    recreateAlways: forceMediaReconnectionAfterNetworkDrop,
    handlerFactory,
  };
}
