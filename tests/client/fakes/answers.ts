import { testFakeParameters } from "mediasoup-client";
import {
  Grants,
  type JoinResult,
  type MediaKind,
  type ParticipantInfo,
  Policy,
  type ProducerInfo,
  type Result,
  type ResumeResult,
  RtpCapabilities,
  RtpParameters,
  TransportInfo,
} from "../../../protocol/mod.ts";
import type { Answers } from "./service.ts";

export function participant(
  name: string,
  more: Partial<ParticipantInfo> = {},
): ParticipantInfo {
  return {
    sessionId: `s-${name}`,
    identity: name,
    name,
    state: "connected",
    mediaState: "new",
    producers: [],
    dataProducers: [],
    ...more,
  };
}

export function camera(producerId = "p-camera"): ProducerInfo {
  return {
    producerId,
    key: "camera",
    kind: "video",
    source: "camera",
    paused: false,
    type: "simulcast",
  };
}

export function microphone(producerId = "p-microphone"): ProducerInfo {
  return {
    producerId,
    key: "microphone",
    kind: "audio",
    source: "microphone",
    paused: false,
    type: "simple",
  };
}

/** Further than any test goes. */
const TOKEN_EXPIRES_AT = 9e15;

/** Ann's, who joins a room with these others in it. */
export function joinResult(others: ParticipantInfo[] = []): JoinResult {
  return {
    epoch: 1,
    sessionId: "s-ann",
    secret: secretOf(0),
    identity: "ann",
    grants: Grants.parse({}),
    tokenExpiresAt: TOKEN_EXPIRES_AT,
    seq: 0,
    participants: [...others, participant("ann")],
    routerRtpCapabilities: RtpCapabilities.parse(
      testFakeParameters.generateRouterRtpCapabilities(),
    ),
    iceServers: [],
    policy: Policy.parse({}),
  };
}

/** Each resume brings another one. */
export const secretOf = (number: number): string =>
  String(number).padStart(43, "s");

/** Goes on where the client was, with nothing changed. */
export function resumeResult(
  { ack = 0, attempt = 1 }: { ack?: number; attempt?: number | undefined } = {},
  more: Partial<ResumeResult> = {},
): ResumeResult {
  return {
    epoch: 1,
    secret: secretOf(attempt),
    grants: Grants.parse({}),
    tokenExpiresAt: TOKEN_EXPIRES_AT,
    seq: ack,
    transports: [],
    open: [],
    iceServers: [],
    policy: Policy.parse({}),
    ...more,
  };
}

/** A consumer that mediasoup-client can make something of. */
export function consumer(
  producerId: string,
  kind: MediaKind,
  consumerId = `c-${producerId}`,
): Result<"consume"> {
  const codecMimeType = kind === "audio" ? "audio/opus" : "video/VP8";
  const { rtpParameters } = testFakeParameters.generateConsumerRemoteParameters(
    { codecMimeType },
  );
  return {
    consumerId,
    producerId,
    kind,
    type: "simple",
    rtpParameters: RtpParameters.parse(rtpParameters),
    producerPaused: false,
  };
}

/** A service with which all goes well. */
export function defaultAnswers(): Answers {
  let lastId = 0;
  const nothing = () => ({});
  return {
    join: () => joinResult(),
    resume: (params) => resumeResult(params),
    leave: nothing,
    refreshToken: () => ({
      expiresAt: TOKEN_EXPIRES_AT,
      grants: Grants.parse({}),
    }),
    updateMetadata: nothing,
    sendMessage: nothing,
    createWebRtcTransport: ({ direction }) => {
      const end = testFakeParameters.generateTransportRemoteParameters();
      const transportId = `t-${direction}-${++lastId}`;
      return TransportInfo.parse({ ...end, transportId });
    },
    connectWebRtcTransport: nothing,
    restartIce: ({ transportIds }) => ({
      transports: transportIds.map((transportId) => ({
        transportId,
        iceParameters: { usernameFragment: "u", password: "p" },
      })),
    }),
    closeTransport: nothing,
    produce: ({ paused = false }) => ({ producerId: `p-${++lastId}`, paused }),
    pauseProducer: nothing,
    resumeProducer: nothing,
    closeProducer: nothing,
    consume: ({ producerId }) =>
      consumer(producerId, producerId.includes("micro") ? "audio" : "video"),
    pauseConsumer: nothing,
    resumeConsumer: nothing,
    closeConsumer: nothing,
    setConsumerPreferredLayers: nothing,
    setConsumerPriority: nothing,
    requestConsumerKeyFrame: nothing,
    produceData: () => ({ dataProducerId: `d-${++lastId}` }),
    closeDataProducer: nothing,
    consumeData: ({ dataProducerId }) => ({
      dataConsumerId: `dc-${dataProducerId}`,
      dataProducerId,
      sctpStreamParameters: { streamId: 1, ordered: true },
      label: "chat",
      protocol: "",
    }),
    closeDataConsumer: nothing,
    reportMediaState: nothing,
    reportRecovery: nothing,
  };
}
