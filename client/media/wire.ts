/**
 * Between the protocol's descriptions of media and mediasoup-client's: the same
 * values, typed differently.
 *
 * @module
 */
import type { types } from "mediasoup-client";
import {
  DtlsParameters,
  type IceParameters,
  type JoinResult,
  RtpCapabilities,
  RtpParameters,
  SctpStreamParameters,
  type TransportInfo,
} from "../../protocol/mod.ts";

// What came as JSON has fields or has them not, where zod's types allow
// undefined; and which URIs it may hold, the service knows.

export const receivedRtpCapabilities = (value: RtpCapabilities) =>
  value as types.RtpCapabilities;

export const receivedRtpParameters = (value: RtpParameters) =>
  value as types.RtpParameters;

export const receivedSctpStreamParameters = (value: SctpStreamParameters) =>
  value as types.SctpStreamParameters;

export const receivedTransport = (
  { transportId, ...rest }: TransportInfo,
) => ({ id: transportId, ...rest } as types.TransportOptions);

export const receivedIceParameters = (value: IceParameters) =>
  value as types.IceParameters;

export function receivedIceServer(
  { urls, username, credential }: JoinResult["iceServers"][number],
): RTCIceServer {
  return {
    urls,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
}

// What browsers add to these from release to release stays at home.

export const sentRtpCapabilities = (
  value: types.RtpCapabilities,
): RtpCapabilities => RtpCapabilities.parse(value);

export const sentRtpParameters = (value: types.RtpParameters): RtpParameters =>
  RtpParameters.parse(value);

export const sentDtlsParameters = (
  value: types.DtlsParameters,
): DtlsParameters => DtlsParameters.parse(value);

export const sentSctpStreamParameters = (
  value: types.SctpStreamParameters,
): SctpStreamParameters => SctpStreamParameters.parse(value);
