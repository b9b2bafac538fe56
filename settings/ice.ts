/**
 * STUN and TURN servers for browsers.
 *
 * @module
 */
import { z } from "zod";
import type { Turn } from "../ice/turn.ts";
import { IceServer } from "../protocol/mod.ts";
import { setting, text, wholeNumber } from "./env.ts";
import { list } from "./list.ts";

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

const turnUrls = list(
  "turn: and turns: addresses such as turn:turn.example.com:3478",
  (url) => /^turns?:[^\s:?]+/.test(url) ? url : undefined,
);

export const iceSettings = z.object({
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
});

/** Undefined when there is no TURN server to make credentials for. */
export function turnOf(
  { TURN_URLS: urls, TURN_SECRET: secret, TURN_TTL_S: ttlS }: z.output<
    typeof iceSettings
  >,
): Turn | undefined {
  if (urls === undefined || secret === undefined) return undefined;
  return { urls, secret, ttlS };
}
