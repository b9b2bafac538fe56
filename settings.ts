/**
 * All settings of the service, named as in the environment.
 *
 * @module
 */
import { z } from "zod";
import type { NamedKey } from "./auth/named_keys.ts";
import { type Network, parseNetworks } from "./http/address.ts";
import { proxyHeaders } from "./http/client_address.ts";
import { isLoopback } from "./http/loopback.ts";
import { formats, levels } from "./log.ts";
import type { Turn } from "./ice/turn.ts";
import { IceServer, MediaCodec, Policy } from "./protocol/mod.ts";
import type { LimitsOptions } from "./rooms/limits/limits.ts";
import {
  type Env,
  oneOf,
  readSettings,
  setting,
  text,
  wholeNumber,
} from "./sfu/sidecar/env.ts";
import { mediaSettings } from "./sfu/sidecar/settings.ts";
import type { WebhookSettings } from "./webhooks/open.ts";
import { parseSecret } from "./webhooks/signature.ts";

const MIN_SECRET_BYTES = 32;

const listed = (text: string) => text.split(",").map((part) => part.trim());
const isOrigin = (text: string) =>
  URL.canParse(text) && new URL(text).origin === text;

const origins = setting(
  "origins such as https://example.com, with commas between",
  (text) => listed(text).every(isOrigin) ? listed(text) : undefined,
);

const namedKeys = setting(
  `names with secrets of at least ${MIN_SECRET_BYTES} bytes, such as 2026a:SECRET, with commas between`,
  (text) => {
    const keys = listed(text).map(namedKey);
    const kids = new Set(keys.map((key) => key?.kid));
    const fits = (key: NamedKey | undefined) =>
      key !== undefined && key.secret.length >= MIN_SECRET_BYTES;
    return kids.size === keys.length && keys.every(fits)
      ? keys.filter((key) => key !== undefined)
      : undefined;
  },
);

function namedKey(text: string): NamedKey | undefined {
  const [, kid, secret] = /^([\w.-]{1,64}):(.+)$/.exec(text) ?? [];
  if (kid === undefined || secret === undefined) return undefined;
  return { kid, secret: new TextEncoder().encode(secret) };
}

/** What is read on the way could be changed there. */
const keysUrl = setting(
  "an https:// address such as https://auth.example.com/.well-known/jwks.json, or http:// on this machine",
  (text) => {
    const url = URL.parse(text);
    const isSafe = url?.protocol === "https:" ||
      url?.protocol === "http:" && isLoopback(url.hostname);
    return isSafe ? url : undefined;
  },
);

const iceServers = setting(
  'a JSON array such as [{"urls": ["stun:stun.example.com"]}]',
  (text) => {
    try {
      return z.array(IceServer).parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  },
);

const networks = setting(
  "networks such as 10.0.0.0/8 or 2001:db8::/32, with commas between",
  (text) => parseNetworks(listed(text)) && text,
);

const turnUrls = setting(
  "turn: and turns: addresses such as turn:turn.example.com:3478, with commas between",
  (text) =>
    listed(text).every((url) => /^turns?:[^\s:?]+/.test(url))
      ? listed(text)
      : undefined,
);

const sfuUrl = setting(
  "an address such as tcp://host:port, tls://host:port or unix:///path",
  (text) => /^(tcp|tls|unix|https?):\/\/./.test(text) ? text : undefined,
);

const webhookUrls = setting(
  "http:// and https:// addresses without credentials in them, with commas between",
  (text) => listed(text).every(isWebhookUrl) ? listed(text) : undefined,
);

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return false;
  return url.username === "" && url.password === "" && url.hash === "";
}

const webhookSecrets = setting(
  "whsec_ with 24 to 64 bytes of base64, with commas between",
  (text) => {
    const secrets = listed(text).map(parseSecret)
      .filter((secret) => secret !== undefined);
    return secrets.length === listed(text).length ? secrets : undefined;
  },
);

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

const service = {
  HOST: text("an address or a host name", /^[\w.:-]{1,253}$/)
    .default("127.0.0.1")
    .describe(
      "where to listen; browsers give the camera only to localhost and to HTTPS",
    ),
  PORT: wholeNumber(0, 65_535).default(8_080)
    .describe("where to listen; 0: a free one"),
  TOKEN_KEYS: namedKeys.optional()
    .describe(
      "the keys of access tokens that are signed with HS256, by the name that tokens give (kid); the service signs with the first",
    ),
  TOKEN_JWKS_URL: keysUrl.optional()
    .describe(
      "where the public keys of access tokens are that are signed with RS256, ES256 or EdDSA",
    ),
  TOKEN_ISSUER: text("1 to 512 characters", /^.{1,512}$/).optional()
    .describe("what access tokens must name as their issuer (iss)"),
  TOKEN_AUDIENCE: text("1 to 512 characters", /^.{1,512}$/).optional()
    .describe("what access tokens must name as their audience (aud)"),
  ALLOWED_ORIGINS: origins.optional()
    .describe(
      "pages that may connect, the service's own included; all if not set",
    ),
  LOG_LEVEL: oneOf(...levels).default("info")
    .describe("the least important that is logged"),
  LOG_FORMAT: oneOf(...formats).default("pretty")
    .describe("for machines or for people"),
  JOIN_TIMEOUT_MS: wholeNumber(100, 60_000).default(5_000)
    .describe("milliseconds that a connection has to say who it is"),
  MAX_UNJOINED: wholeNumber(1, 1_000_000).default(5_000)
    .describe("connections that have not joined yet"),
  MAX_ROOMS: wholeNumber(1, 1_000_000).default(1_000)
    .describe("rooms at the same time"),
  MAX_FRAME_BYTES: wholeNumber(1_024, 16_777_216).default(65_536)
    .describe("bytes of one message of a client"),
  MAX_BACKLOG_BYTES: wholeNumber(65_536, 1_073_741_824).default(1_048_576)
    .describe("bytes that a client may leave unread before it is cut off"),
  TRUSTED_PROXIES: networks.optional()
    .describe(
      "proxies in front that say whom they speak for; nobody else is believed",
    ),
  PROXY_HEADER: oneOf(...proxyHeaders).default("x-forwarded-for")
    .describe("the header in which they say it, which they must not pass on"),
  UNLIMITED_ADDRESSES: networks.default("127.0.0.0/8, ::1")
    .describe(
      "clients to which the limits by address and identity do not apply",
    ),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(2_000)
    .describe("connections of one address (of IPv6: of one /64)"),
  MAX_UNJOINED_PER_ADDRESS: wholeNumber(1, 1_000_000).default(500)
    .describe("connections of one address that have not joined yet"),
  MAX_JOINS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(600)
    .describe(
      "joins from one address in a minute, and at once; resumes are not counted",
    ),
  MAX_JOINS_PER_IDENTITY: wholeNumber(1, 1_000_000).default(60)
    .describe("joins of one identity in a minute, and at once"),
  MAX_WRONG_SECRETS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(30)
    .describe(
      "wrong secrets from one address in a minute after which further ones are not told to be wrong; right ones are let in",
    ),
};

const room = {
  ICE_SERVERS: iceServers.default([])
    .describe(
      "STUN and TURN servers for browsers, as RTCIceServer, given as they are",
    ),
  TURN_URLS: turnUrls.optional()
    .describe("TURN servers for which each session gets credentials"),
  TURN_SECRET: text("a secret of 16 to 512 characters", /^.{16,512}$/s)
    .optional()
    .describe("what TURN_URLS know too (coturn: static-auth-secret)"),
  TURN_TTL_S: wholeNumber(10, 604_800).default(3_600)
    .describe(
      "seconds that those credentials hold; they are renewed at half of it",
    ),
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
    "messages that a client may send in a second, in the long run; one counts once more for each KiB",
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
};

const webhooks = {
  WEBHOOK_URLS: webhookUrls.optional()
    .describe("each is told what happens in the rooms; none if not set"),
  WEBHOOK_SECRETS: webhookSecrets.optional()
    .describe("what webhooks are signed with: each of them signs"),
  WEBHOOK_TIMEOUT_MS: wholeNumber(100, 60_000).default(5_000)
    .describe("milliseconds that a receiver has to answer"),
  WEBHOOK_GIVE_UP_MS: wholeNumber(0, 604_800_000).default(21_600_000)
    .describe(
      "milliseconds after which a webhook that has not arrived becomes a dead letter",
    ),
  WEBHOOK_MAX_QUEUED: wholeNumber(1, 1_000_000).default(10_000)
    .describe("webhooks that wait; beyond them new ones are dropped"),
  STATE_FOLDER: text("a path", /./).default("state")
    .describe(
      "where webhooks wait on disk; it is made when there are WEBHOOK_URLS",
    ),
};

const sidecar = {
  SFU_URL: sfuUrl.optional()
    .describe("a sidecar that runs already; if not set, one is started"),
  SFU_SECRET: text("a secret of 16 to 512 characters", /^.{16,512}$/s)
    .optional()
    .describe("what the sidecar at SFU_URL wants to know"),
  SFU_TLS_CA: text("the path of a PEM file", /./).optional()
    .describe("authorities for a tls:// SFU_URL, beside those of the system"),
  ...mediaSettings.shape,
  NODE_BIN: text("a path", /./).optional()
    .describe("the Node that runs the sidecar, 22.18 or newer"),
};

const allSettings = z.object({ ...service, ...room, ...webhooks, ...sidecar });
export type Settings = z.output<typeof allSettings>;

const checkedSettings = allSettings.superRefine((settings, context) => {
  if (isDevelopment(settings) && !isLoopback(settings.HOST)) {
    const message =
      "set, or TOKEN_JWKS_URL, since other machines can reach HOST: without keys the service gives tokens to anybody, which is for development on one machine";
    context.addIssue({ code: "custom", path: ["TOKEN_KEYS"], message });
  }
  if (settings.SFU_URL !== undefined && settings.SFU_SECRET === undefined) {
    const message = "a secret of 16 to 512 characters, since SFU_URL is set";
    context.addIssue({ code: "custom", path: ["SFU_SECRET"], message });
  }
  if (settings.TURN_URLS !== undefined && settings.TURN_SECRET === undefined) {
    const message = "a secret of 16 to 512 characters, since TURN_URLS is set";
    context.addIssue({ code: "custom", path: ["TURN_SECRET"], message });
  }
  if (settings.WEBHOOK_URLS && !settings.WEBHOOK_SECRETS) {
    const message =
      "whsec_ with 24 to 64 bytes of base64, since WEBHOOK_URLS is set";
    context.addIssue({ code: "custom", path: ["WEBHOOK_SECRETS"], message });
  }
  // Else who comes back would be cut off again by what it missed.
  if (settings.ROOM_MAX_LOG_BYTES > settings.MAX_BACKLOG_BYTES / 2) {
    const message = "at most half of MAX_BACKLOG_BYTES";
    context.addIssue({ code: "custom", path: ["ROOM_MAX_LOG_BYTES"], message });
  }
});

/** Without keys there is nobody to keep out. */
export const isDevelopment = (
  settings: Pick<Settings, "TOKEN_KEYS" | "TOKEN_JWKS_URL">,
): boolean =>
  settings.TOKEN_KEYS === undefined && settings.TOKEN_JWKS_URL === undefined;

/** Empty ones count as not set. */
export const readServiceSettings = (env: Env) =>
  readSettings(checkedSettings, env);

export function policyOf(settings: Settings): Policy {
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

export const limitsOf = (
  settings: Settings,
): Omit<LimitsOptions, "clock"> => ({
  maxConnections: settings.MAX_CONNECTIONS_PER_ADDRESS,
  maxWaiting: settings.MAX_UNJOINED_PER_ADDRESS,
  joinsOfAddress: settings.MAX_JOINS_PER_ADDRESS,
  joinsOfIdentity: settings.MAX_JOINS_PER_IDENTITY,
  wrongSecrets: settings.MAX_WRONG_SECRETS_PER_ADDRESS,
});

/** Of a setting that lists networks; not set, it has none. */
export const networkOf = (setting: string | undefined): Network =>
  setting === undefined
    ? () => false
    : parseNetworks(listed(setting)) ?? (() => false);

/** Undefined when there is no TURN server to make credentials for. */
export function turnOf(
  { TURN_URLS: urls, TURN_SECRET: secret, TURN_TTL_S: ttlS }: Settings,
): Turn | undefined {
  if (urls === undefined || secret === undefined) return undefined;
  return { urls, secret, ttlS };
}

/** Undefined: nobody is told by webhooks. */
export function webhooksOf(settings: Settings): WebhookSettings | undefined {
  const { WEBHOOK_URLS, WEBHOOK_SECRETS } = settings;
  if (WEBHOOK_URLS === undefined) return undefined;
  return {
    urls: WEBHOOK_URLS,
    secrets: WEBHOOK_SECRETS ?? [],
    timeoutMs: settings.WEBHOOK_TIMEOUT_MS,
    giveUpAfterMs: settings.WEBHOOK_GIVE_UP_MS,
    maxQueued: settings.WEBHOOK_MAX_QUEUED,
    folder: settings.STATE_FOLDER,
  };
}

export type SettingRow = {
  readonly name: string;
  /** As it stands in the environment; undefined: none. */
  readonly default: string | undefined;
  readonly allowed: string;
  readonly description: string;
};

/** Every setting, in the order in which a reader wants to meet them. */
export function describeSettings(): SettingRow[] {
  return Object.entries(allSettings.shape).map(([name, schema]) => ({
    name,
    default: defaultOf(schema),
    allowed: schema.unwrap().safeParse(undefined).error?.issues[0]?.message ??
      "",
    description: schema.description ?? "",
  }));
}

function defaultOf(schema: z.ZodType): string | undefined {
  const value = schema.safeParse(undefined).data;
  if (value === undefined) return undefined;
  if (isList(value)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 &&
  value.every((one) => typeof one === "string");
