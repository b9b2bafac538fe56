import { Device, type types } from "mediasoup-client";
import type { RtpCapabilities } from "../../protocol/mod.ts";
import { asHoldfastError } from "../errors.ts";
import type { Ask } from "../signaling/signaling.ts";
import {
  receivedRtpCapabilities,
  receivedTransport,
  sentDtlsParameters,
  sentRtpCapabilities,
} from "./wire.ts";

export type TransportSettings = {
  readonly ask: Ask;
  readonly routerRtpCapabilities: RtpCapabilities;
  readonly iceServers: RTCIceServer[];
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  readonly forceTcp: boolean;
  /** Instead of the one for this browser. */
  readonly handlerFactory: types.HandlerFactory | undefined;
};

/** @throws {HoldfastError} when this browser has no WebRTC that is known here. */
export async function loadDevice(
  { handlerFactory, routerRtpCapabilities }: TransportSettings,
): Promise<Device> {
  try {
    const device = new Device(handlerFactory ? { handlerFactory } : {});
    await device.load({
      routerRtpCapabilities: receivedRtpCapabilities(routerRtpCapabilities),
    });
    return device;
  } catch (error) {
    throw asHoldfastError(error, "mediaFailed");
  }
}

/** Makes both ends; they connect at the first track. */
export async function openTransport(
  direction: "send" | "recv",
  device: Device,
  { ask, forceTcp, iceServers, iceTransportPolicy }: TransportSettings,
): Promise<types.Transport> {
  const end = await ask(
    "createWebRtcTransport",
    direction === "send" ? { direction, forceTcp } : {
      direction,
      forceTcp,
      rtpCapabilities: sentRtpCapabilities(device.recvRtpCapabilities),
    },
  );
  const options = { ...receivedTransport(end), iceServers, iceTransportPolicy };
  const transport = direction === "send"
    ? device.createSendTransport(options)
    : device.createRecvTransport(options);
  const connect = async (dtlsParameters: types.DtlsParameters) => {
    await ask("connectWebRtcTransport", {
      transportId: transport.id,
      dtlsParameters: sentDtlsParameters(dtlsParameters),
    });
  };
  transport.on("connect", ({ dtlsParameters }, done, failed) => {
    connect(dtlsParameters).then(done, failed);
  });
  return transport;
}
