/**
 * Media descriptions on their way into mediasoup and out of it.
 *
 * @module
 */
import { getSupportedRtpCapabilities, type types } from "mediasoup";
import { RtpCapabilities, RtpParameters } from "../../protocol/media.ts";
import { exact } from "./exact.ts";

type Uri = types.RtpHeaderExtension["uri"];

const uris: ReadonlySet<string> = new Set(
  getSupportedRtpCapabilities().headerExtensions?.map(({ uri }) => uri),
);

/** Header extensions that mediasoup does not know are left out. */
export function toRtpParameters(given: RtpParameters): types.RtpParameters {
  const { headerExtensions, ...others } = exact(given);
  return { ...others, headerExtensions: known(headerExtensions) };
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
