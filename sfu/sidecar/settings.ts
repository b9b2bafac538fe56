/**
 * The sidecar's settings, named as in the environment. For any runtime, so that
 * a service can check those of the sidecar that it starts.
 *
 * @module
 */
import { z } from "zod";
import { oneOf, setting, text, wholeNumber } from "../../settings/env.ts";
import { hasTls, isRemote, type Listen, parseListen } from "./listen.ts";

const IPV4 = z.ipv4();
const IPV6 = z.ipv6();
const ipAddress = (given: string) =>
  IPV4.safeParse(given).success || IPV6.safeParse(given).success
    ? given
    : undefined;

function portRange(given: string): PortRange | undefined {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(given) ?? [];
  const [min, max] = [Number(first), Number(last)];
  return min > 0 && min <= max && max <= 65_535 ? { min, max } : undefined;
}

type PortRange = { readonly min: number; readonly max: number };

/** What a service hands on to a sidecar that it starts itself. */
export const mediaSettings = z.object({
  SFU_WORKERS: wholeNumber(1, 256).optional()
    .describe("mediasoup workers; a core each if not set"),
  SFU_RTC_IP: setting("an IP address", ipAddress).default("0.0.0.0")
    .describe("the address on which media is taken"),
  SFU_RTC_PORT: wholeNumber(0, 65_535).default(0)
    .describe(
      "UDP and TCP port for media of the first worker, the next one has the next; 0: free ones",
    ),
  SFU_ANNOUNCED_ADDRESS: text(
    "an IP address or a host name",
    /^[A-Za-z0-9.:-]{1,253}$/,
  ).optional()
    .describe(
      "where browsers send media to, behind a NAT the public address; if not set, the machine's first IPv4 address",
    ),
  SFU_INITIAL_OUTGOING_BITRATE: wholeNumber(50_000, 1_000_000_000)
    .default(1_000_000)
    .describe("bits per second to a browser until the estimate knows better"),
  SFU_ICE_CONSENT_SECONDS: wholeNumber(0, 3_600).default(30)
    .describe(
      "seconds without an answer after which ICE is disconnected; 0: never",
    ),
  SFU_ROOM_CONSUMERS_PER_WORKER: wholeNumber(1, 1_000_000).default(500)
    .describe(
      "tracks and channels that those in a room receive over one worker; whoever comes then is on another, to which what they receive is piped",
    ),
  SFU_LEASE_MS: wholeNumber(100, 3_600_000).default(30_000)
    .describe(
      "milliseconds that rooms outlive the connection to their service",
    ),
  SFU_LOG_LEVEL: oneOf("debug", "info", "warn", "error").default("info")
    .describe("the least important that the sidecar logs"),
  MEDIASOUP_WORKER_BIN: text("a path", /./).optional()
    .describe("the mediasoup worker to use"),
});

const allSettings = mediaSettings.extend({
  SFU_LISTEN: setting<Listen[]>(
    "addresses with commas between: unix:///path, tcp://host:port, tls://host:port, http://host:port, https://host:port",
    parseListen,
  ).default([{ scheme: "tcp", host: "127.0.0.1", port: 4440 }])
    .describe("where services connect to"),
  SFU_SECRET: text("a secret of 16 to 512 characters", /^.{16,512}$/s)
    .describe("what services must know"),
  SFU_TLS_KEY: text("the path of a PEM file", /./).optional()
    .describe("private key for tls:// and https://"),
  SFU_TLS_CERT: text("the path of a PEM file", /./).optional()
    .describe("certificate chain for tls:// and https://"),
  SFU_PIPE_IP: setting("an IP address", ipAddress).default("127.0.0.1")
    .describe(
      "the address on which media of rooms is taken that are spread over several sidecars; others must reach it",
    ),
  SFU_PIPE_ANNOUNCED_ADDRESS: setting("an IP address", ipAddress).optional()
    .describe("where other sidecars send that to, if it is another address"),
  SFU_PIPE_PORTS: setting("two UDP ports such as 40000-40999", portRange)
    .optional()
    .describe("the ports for that; free ones if not set"),
  SFU_PIPE_SRTP: oneOf("0", "1").default("1")
    .describe("1: media between sidecars is encrypted; the same for all"),
  SFU_EXIT_WHEN_ORPHANED: oneOf("0", "1").default("0")
    .describe("1: exit when no service has been there for the lease"),
});

/** Checked as a whole: what fits alone may not fit together. */
export const sidecarSettings = allSettings.superRefine((settings, context) => {
  const wrong = (name: keyof typeof settings, allowed: string) =>
    context.addIssue({ code: "custom", path: [name], message: allowed });

  const hosts = settings.SFU_LISTEN.filter(({ scheme }) => scheme !== "unix");
  const secure = hosts.filter(hasTls);
  if (secure.length > 0) {
    const allowed = "the path of a PEM file, since SFU_LISTEN asks for TLS";
    if (!settings.SFU_TLS_KEY) wrong("SFU_TLS_KEY", allowed);
    if (!settings.SFU_TLS_CERT) wrong("SFU_TLS_CERT", allowed);
    if (secure.length < hosts.length) {
      wrong("SFU_LISTEN", "with TLS on every host, or on none");
    }
  }
  if (hosts.some((listen) => !hasTls(listen) && isRemote(listen))) {
    wrong("SFU_LISTEN", "tls:// or https:// where others can reach it");
  }
  const last = settings.SFU_RTC_PORT + (settings.SFU_WORKERS ?? 1) - 1;
  if (last > 65_535) {
    wrong("SFU_RTC_PORT", "low enough that every worker has a port");
  }
});

export type SidecarSettings = z.output<typeof sidecarSettings>;
