import type { Context } from "hono";

/** Whether only this machine can reach what listens there. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);

/** Whoever forwards a request says so in one of them. */
const FORWARDED = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
];

/** What a proxy on this machine sends on may come from anywhere. */
export const isForwarded = (c: Context): boolean =>
  FORWARDED.some((name) => c.req.header(name) !== undefined);

/**
 * For a service that listens on this machine alone. The name that was asked for
 * counts as well: a page from elsewhere can have its own name lead here.
 */
export const isFromThisMachine = (c: Context): boolean =>
  isLoopback(new URL(c.req.url).hostname) && !isForwarded(c);
