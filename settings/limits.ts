/**
 * How much of the service there is for all clients, and for those of one
 * address, which proxies may tell.
 *
 * @module
 */
import { z } from "zod";
import { parseNetworks } from "../http/address.ts";
import { proxyHeaders } from "../http/client_address.ts";
import type { LimitsOptions } from "../rooms/limits/limits.ts";
import { oneOf, setting, wholeNumber } from "./env.ts";
import { listed } from "./list.ts";

const networks = setting(
  "networks such as 10.0.0.0/8 or 2001:db8::/32, with commas between",
  (text) => parseNetworks(listed(text)),
);

export const limitSettings = z.object({
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
  UNLIMITED_ADDRESSES: networks.prefault("127.0.0.0/8, ::1")
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
});

export const limitsOf = (
  settings: z.output<typeof limitSettings>,
): Omit<LimitsOptions, "clock"> => ({
  maxConnections: settings.MAX_CONNECTIONS_PER_ADDRESS,
  maxWaiting: settings.MAX_UNJOINED_PER_ADDRESS,
  joinsOfAddress: settings.MAX_JOINS_PER_ADDRESS,
  joinsOfIdentity: settings.MAX_JOINS_PER_IDENTITY,
  wrongSecrets: settings.MAX_WRONG_SECRETS_PER_ADDRESS,
});
