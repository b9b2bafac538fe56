/**
 * The policy of rooms that have none of their own.
 *
 * @module
 */
import { z } from "zod";
import { MediaCodec, Policy } from "../protocol/mod.ts";
import { oneOf, setting, wholeNumber } from "./env.ts";
import { listed } from "./list.ts";

const limits = Policy.shape;
const codecs = setting(
  `some of ${MediaCodec.options.join(", ")}, with commas between`,
  (text) => limits.codecs.safeParse(listed(text)).data,
);
type Limit = Exclude<
  keyof typeof limits,
  "codecs" | "duplicateIdentity" | "requireTokenOnResume"
>;

/** A number of the policy, with its bounds and its default. */
function limit(name: Limit, description: string) {
  const number = limits[name].unwrap();
  return wholeNumber(number.minValue ?? 0, number.maxValue ?? 0)
    .default(limits[name].parse(undefined))
    .describe(description);
}

export const policySettings = z.object({
  ROOM_PING_INTERVAL_MS: limit(
    "pingIntervalMs",
    "milliseconds between the pings of a connection",
  ),
  ROOM_TIMEOUT_MS: limit(
    "timeoutMs",
    "milliseconds of silence after which a connection is lost",
  ),
  ROOM_SUSPECT_AFTER_MS: limit(
    "suspectAfterMs",
    "milliseconds of silence after which a client looks for another connection",
  ),
  ROOM_EVICT_AFTER_MS: limit(
    "evictAfterMs",
    "milliseconds that the place of a lost participant is held, from the last sign of life on",
  ),
  ROOM_MAX_LOG_EVENTS: limit(
    "maxLogEvents",
    "events that are kept for a participant who is away",
  ),
  ROOM_MAX_LOG_BYTES: limit(
    "maxLogBytes",
    "bytes of events that are kept for a participant who is away",
  ),
  ROOM_MAX_WRONG_SECRETS: limit(
    "maxWrongSecrets",
    "wrong secrets in a minute after which a session refuses more of them for a while",
  ),
  ROOM_MAX_MESSAGES_PER_SECOND: limit(
    "maxMessagesPerSecond",
    "messages a client may send in a second, in the long run; one counts once more for each KiB, and for each 256 bytes told to others",
  ),
  ROOM_MAX_MESSAGE_BURST: limit(
    "maxMessageBurst",
    "messages that a client may send at once; after twice as many it is cut off",
  ),
  ROOM_REQUIRE_TOKEN_ON_RESUME: oneOf("false", "true").default("false")
    .describe("whether a resume wants an access token that still holds"),
  ROOM_TOKEN_REFRESH_MS: limit(
    "tokenRefreshMs",
    "milliseconds before its access token expires that a client is asked for another",
  ),
  ROOM_DTLS_TIMEOUT_MS: limit(
    "dtlsTimeoutMs",
    "milliseconds in which a transport must connect",
  ),
  ROOM_ICE_RESTART_WINDOW_MS: limit(
    "iceRestartWindowMs",
    "milliseconds in which ROOM_MAX_ICE_RESTARTS are allowed",
  ),
  ROOM_MAX_ICE_RESTARTS: limit(
    "maxIceRestarts",
    "ICE restarts of a participant in ROOM_ICE_RESTART_WINDOW_MS",
  ),
  ROOM_MEDIA_CHECK_AFTER_MS: limit(
    "mediaCheckAfterMs",
    "milliseconds of an outage after which the media server is asked how transports are",
  ),
  ROOM_EMPTY_MS: limit(
    "emptyRoomMs",
    "milliseconds that an empty room lives on",
  ),
  ROOM_MAX_PARTICIPANTS: limit("maxParticipants", "participants of a room"),
  ROOM_MAX_TRANSPORTS: limit("maxTransports", "transports of a participant"),
  ROOM_MAX_PRODUCERS: limit(
    "maxProducers",
    "tracks that a participant publishes",
  ),
  ROOM_MAX_DATA_PRODUCERS: limit(
    "maxDataProducers",
    "data channels that a participant publishes",
  ),
  ROOM_MAX_CONSUMERS: limit(
    "maxConsumers",
    "tracks and data channels that a participant subscribes to",
  ),
  ROOM_MAX_MESSAGE_BYTES: limit("maxMessageBytes", "bytes of a message"),
  ROOM_MAX_METADATA_BYTES: limit("maxMetadataBytes", "bytes of metadata"),
  ROOM_DUPLICATE_IDENTITY: oneOf(...limits.duplicateIdentity.unwrap().options)
    .default(limits.duplicateIdentity.parse(undefined))
    .describe("what a second join with the same identity does"),
  ROOM_CODECS: codecs.default(limits.codecs.parse(undefined))
    .describe(
      "what may be published, in the order in which browsers try it",
    ),
});

export function policyOf(
  settings: z.output<typeof policySettings>,
): Policy {
  return {
    pingIntervalMs: settings.ROOM_PING_INTERVAL_MS,
    timeoutMs: settings.ROOM_TIMEOUT_MS,
    suspectAfterMs: settings.ROOM_SUSPECT_AFTER_MS,
    evictAfterMs: settings.ROOM_EVICT_AFTER_MS,
    maxLogEvents: settings.ROOM_MAX_LOG_EVENTS,
    maxLogBytes: settings.ROOM_MAX_LOG_BYTES,
    maxWrongSecrets: settings.ROOM_MAX_WRONG_SECRETS,
    maxMessagesPerSecond: settings.ROOM_MAX_MESSAGES_PER_SECOND,
    maxMessageBurst: settings.ROOM_MAX_MESSAGE_BURST,
    requireTokenOnResume: settings.ROOM_REQUIRE_TOKEN_ON_RESUME === "true",
    tokenRefreshMs: settings.ROOM_TOKEN_REFRESH_MS,
    dtlsTimeoutMs: settings.ROOM_DTLS_TIMEOUT_MS,
    iceRestartWindowMs: settings.ROOM_ICE_RESTART_WINDOW_MS,
    maxIceRestarts: settings.ROOM_MAX_ICE_RESTARTS,
    mediaCheckAfterMs: settings.ROOM_MEDIA_CHECK_AFTER_MS,
    emptyRoomMs: settings.ROOM_EMPTY_MS,
    maxParticipants: settings.ROOM_MAX_PARTICIPANTS,
    maxTransports: settings.ROOM_MAX_TRANSPORTS,
    maxProducers: settings.ROOM_MAX_PRODUCERS,
    maxDataProducers: settings.ROOM_MAX_DATA_PRODUCERS,
    maxConsumers: settings.ROOM_MAX_CONSUMERS,
    maxMessageBytes: settings.ROOM_MAX_MESSAGE_BYTES,
    maxMetadataBytes: settings.ROOM_MAX_METADATA_BYTES,
    duplicateIdentity: settings.ROOM_DUPLICATE_IDENTITY,
    codecs: settings.ROOM_CODECS,
  };
}
