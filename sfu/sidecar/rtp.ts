/**
 * Media descriptions on their way into mediasoup and out of it.
 *
 * @module
 */
import { getSupportedRtpCapabilities, type types } from "mediasoup";
import { z } from "zod";
import {
  RtpCapabilities,
  RtpCodecCapability,
  RtpParameters,
} from "../../protocol/media.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { exact } from "./exact.ts";

const MediaCodecs = z.array(
  RtpCodecCapability.partial({ preferredPayloadType: true }),
);

type Uri = types.RtpHeaderExtension["uri"];

const uris: ReadonlySet<string> = new Set(
  getSupportedRtpCapabilities().headerExtensions?.map(({ uri }) => uri),
);

/**
 * Header extensions that mediasoup does not know are left out.
 *
 * @throws {RpcError} `INVALID_ARGUMENT` for codecs of the other kind, which
 * mediasoup would take.
 */
export function toRtpParameters(
  given: RtpParameters,
  kind: types.MediaKind,
): types.RtpParameters {
  const { headerExtensions, encodings, ...others } = exact(given);
  const stranger = others.codecs.find(({ mimeType }) =>
    !mimeType.toLowerCase().startsWith(`${kind}/`)
  );
  if (stranger) {
    throw new RpcError(
      "INVALID_ARGUMENT",
      `codec ${stranger.mimeType} does not go with ${kind}`,
    );
  }
  return {
    ...others,
    headerExtensions: known(headerExtensions),
    ...(encodings && { encodings: encodings.map(withWholeBitrate) }),
  };
}

/**
 * mediasoup writes the bitrate as an integer, and a fraction throws in the midst
 * of a message: no message to that worker could be written ever after.
 */
function withWholeBitrate(
  { maxBitrate, ...others }: types.RtpEncodingParameters,
): types.RtpEncodingParameters {
  if (maxBitrate === undefined) return others;
  return { ...others, maxBitrate: Math.ceil(maxBitrate) };
}

/** Header extensions that mediasoup does not know are left out. */
export function toRtpCapabilities(
  given: RtpCapabilities,
): types.RtpCapabilities {
  const { headerExtensions, ...others } = exact(given);
  return { ...others, headerExtensions: known(headerExtensions) };
}

export function fromRtpParameters(given: types.RtpParameters): RtpParameters {
  return RtpParameters.parse(given);
}

export function fromRtpCapabilities(
  given: types.RtpCapabilities,
): RtpCapabilities {
  return RtpCapabilities.parse(given);
}

/** As a router takes them. */
export function fromMediaCodecs(
  given: readonly types.RouterRtpCodecCapability[],
): z.infer<typeof MediaCodecs> {
  return MediaCodecs.parse(given);
}

function known<T extends { readonly uri: string }>(
  extensions: readonly T[] = [],
): (T & { uri: Uri })[] {
  return extensions.filter(isKnown);
}

function isKnown<T extends { readonly uri: string }>(
  extension: T,
): extension is T & { uri: Uri } {
  return uris.has(extension.uri);
}
