import type { Context } from "hono";

/** Whether only this machine can reach what listens there. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);

/** A proxy on this machine would let everybody in. */
export function isFromThisMachine(c: Context): boolean {
  return isLoopback(new URL(c.req.url).hostname) &&
    ["forwarded", "x-forwarded-for", "via"].every((name) =>
      c.req.header(name) === undefined
    );
}
