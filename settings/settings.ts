/**
 * All settings of the service, named as in the environment.
 *
 * @module
 */
import { z } from "zod";
import { isLoopback } from "../http/loopback.ts";
import { formats, levels } from "../log.ts";
import { accessSettings, isDevelopment } from "./access.ts";
import {
  type Env,
  oneOf,
  type ReadSettings,
  readSettings,
  text,
  wholeNumber,
} from "./env.ts";
import { iceSettings } from "./ice.ts";
import { limitSettings } from "./limits.ts";
import { policySettings } from "./policy.ts";
import { redisSettings } from "./redis.ts";
import { sfuSettings } from "./sfu.ts";
import { webhookSettings } from "./webhooks.ts";

/** In the order in which a reader wants to meet them. */
export const allSettings = z.object({
  HOST: text("an address or a host name", /^[\w.:-]{1,253}$/)
    .default("127.0.0.1")
    .describe(
      "where to listen; browsers give the camera only to localhost and to HTTPS",
    ),
  PORT: wholeNumber(0, 65_535).default(8_080)
    .describe("where to listen; 0: a free one"),
  ...accessSettings.shape,
  LOG_LEVEL: oneOf(...levels).default("info")
    .describe("the least important that is logged"),
  LOG_FORMAT: oneOf(...formats).default("pretty")
    .describe("for machines or for people"),
  ...limitSettings.shape,
  ...iceSettings.shape,
  ...policySettings.shape,
  ...webhookSettings.shape,
  STATE_FOLDER: text("a path", /./).default("state")
    .describe(
      "where rooms and webhooks are kept on disk, for one process at a time; it is made if need be",
    ),
  ...redisSettings.shape,
  ...sfuSettings.shape,
});

export type Settings = z.output<typeof allSettings>;

/** Checked as a whole: what fits alone may not fit together. */
const checkedSettings = allSettings.superRefine((settings, context) => {
  const wrong = (name: keyof Settings, allowed: string) =>
    context.addIssue({ code: "custom", path: [name], message: allowed });
  const { SFU_URL, SFU_URLS, SFU_SECRET } = settings;
  const { TURN_URLS, TURN_SECRET } = settings;
  const { WEBHOOK_URLS, WEBHOOK_SECRETS } = settings;

  if (isDevelopment(settings) && !isLoopback(settings.HOST)) {
    wrong(
      "TOKEN_KEYS",
      "set, or TOKEN_JWKS_URL, since other machines can reach HOST: without keys the service gives tokens to anybody, which is for development on one machine",
    );
  }
  const secret = "a secret of 16 to 512 characters";
  if (SFU_URL && !SFU_SECRET) {
    wrong("SFU_SECRET", `${secret}, since SFU_URL is set`);
  }
  if (SFU_URLS && !SFU_SECRET) {
    wrong("SFU_SECRET", `${secret}, since SFU_URLS is set`);
  }
  if (SFU_URL && SFU_URLS) wrong("SFU_URL", "left out, since SFU_URLS is set");
  if (TURN_URLS && !TURN_SECRET) {
    wrong("TURN_SECRET", `${secret}, since TURN_URLS is set`);
  }
  if (WEBHOOK_URLS && !WEBHOOK_SECRETS) {
    wrong(
      "WEBHOOK_SECRETS",
      "whsec_ with 24 to 64 bytes of base64, since WEBHOOK_URLS is set",
    );
  }
  // Else whoever answers every ping is lost between two of them.
  if (settings.ROOM_PING_INTERVAL_MS >= settings.ROOM_TIMEOUT_MS) {
    wrong("ROOM_PING_INTERVAL_MS", "less than ROOM_TIMEOUT_MS");
  }
  // Else the sidecars close what the next process of a room would take over.
  const { REDIS_URL, REDIS_LEASE_MS, SFU_LEASE_MS } = settings;
  if (REDIS_URL && REDIS_LEASE_MS >= SFU_LEASE_MS) {
    wrong("REDIS_LEASE_MS", "less than SFU_LEASE_MS");
  }
  // Else who comes back would be cut off again by what it missed.
  if (settings.ROOM_MAX_LOG_BYTES > settings.MAX_BACKLOG_BYTES / 2) {
    wrong("ROOM_MAX_LOG_BYTES", "at most half of MAX_BACKLOG_BYTES");
  }
});

/** Empty ones count as not set. */
export const readServiceSettings = (env: Env): ReadSettings<Settings> =>
  readSettings(checkedSettings, env);
