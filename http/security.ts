/**
 * What every answer says to browsers, so that nothing of the service can be used
 * against who uses it; and bodies that are refused unread.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problem } from "./problem.ts";

type Headers = Readonly<Record<string, string>>;

const everywhere: Headers = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

const YEAR_S = 31_536_000;
const transportSecurity: Headers = {
  "Strict-Transport-Security": `max-age=${YEAR_S}`,
};

const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  /** The SDK keeps its timers in one, where hidden pages are not slowed down. */
  "worker-src": "blob:",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

const onPages: Headers = {
  "Content-Security-Policy": Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`).join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy":
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
};

/** A route that wants something else says so itself. */
const setting =
  (headersFor: (c: Context) => Headers): MiddlewareHandler =>
  async (
    c,
    next,
  ) => {
    await next();
    const isUpgraded = c.req.header("upgrade") !== undefined && c.res.ok;
    if (isUpgraded || c.res.status === 101) return;
    for (const [name, value] of Object.entries(headersFor(c))) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };

/** HSTS binds a browser for a year, so only where TLS is known to be there. */
export const securityHeaders = (
  isSecure: (c: Context) => boolean,
): MiddlewareHandler =>
  setting((c) => ({ ...everywhere, ...(isSecure(c) && transportSecurity) }));

/** For what browsers show as a page, or load for one. */
export const pageHeaders: MiddlewareHandler = setting(() => onPages);

/** A small body could unpack to a huge one. */
export const plainBodies: MiddlewareHandler = async (c, next) => {
  const encoding = c.req.header("content-encoding") ?? "identity";
  if (encoding.toLowerCase() === "identity") return await next();
  return problem(415, "Bodies are taken as they are, not compressed", {
    "Accept-Encoding": "identity",
  });
};

export const limitedBodies = (maxBytes: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: maxBytes,
    onError: () => problem(413, `A body has at most ${maxBytes} bytes`),
  });
