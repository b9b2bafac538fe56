import { Device, type types } from "mediasoup-client";
import type { JoinResult } from "../../protocol/mod.ts";
import { asHoldfastError } from "../errors.ts";
import type { Direction } from "./recovery/io.ts";
import type { MediaSettings } from "./settings.ts";
import {
  receivedRtpCapabilities,
  receivedTransport,
  sentDtlsParameters,
  sentRtpCapabilities,
} from "./wire.ts";

export type RouterRtpCapabilities = JoinResult["routerRtpCapabilities"];

/** @throws {HoldfastError} when this browser has no WebRTC that is known here. */
export async function loadDevice(
  { handlerFactory }: MediaSettings,
  routerRtpCapabilities: RouterRtpCapabilities,
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
  direction: Direction,
  device: Device,
  { ask, forceTcp, iceTransportPolicy }: MediaSettings,
  iceServers: () => RTCIceServer[],
): Promise<types.Transport> {
  const end = await ask(
    "createWebRtcTransport",
    direction === "send" ? { direction, forceTcp } : {
      direction,
      forceTcp,
      rtpCapabilities: sentRtpCapabilities(device.recvRtpCapabilities),
    },
  );
  const options = {
    ...receivedTransport(end),
    iceServers: iceServers(),
    iceTransportPolicy,
  };
  const transport = direction === "send"
    ? device.createSendTransport({
      ...options,
      appData: { videoCodec: videoCodecOf(device) },
    })
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

/** In which video leaves, unless another is asked for. */
const videoCodecOf = ({ sendRtpCapabilities }: Device) =>
  sendRtpCapabilities.codecs?.find(({ kind }) => kind === "video")?.mimeType;
