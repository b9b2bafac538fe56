/** The smallest media descriptions that pass, and requests made of them. */
import type { Params } from "../../../protocol/mod.ts";

export const rtpCapabilities = { codecs: [], headerExtensions: [] };

export const rtpParameters = {
  codecs: [{ mimeType: "audio/opus", payloadType: 100, clockRate: 48_000 }],
};

export const dtlsParameters = {
  role: "client" as const,
  fingerprints: [{ algorithm: "sha-256" as const, value: "00" }],
};

export const track = (
  transportId: string,
  options: Partial<Params<"produce">> = {},
): Params<"produce"> => ({
  transportId,
  key: "microphone",
  kind: "audio",
  source: "microphone",
  rtpParameters,
  ...options,
});

export const channel = (
  transportId: string,
  options: Partial<Params<"produceData">> = {},
): Params<"produceData"> => ({
  transportId,
  key: "chat",
  sctpStreamParameters: { streamId: 1 },
  label: "chat",
  protocol: "",
  ...options,
});
