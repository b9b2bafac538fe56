/**
 * Who asks, where proxies stand between. A header is believed only when it comes
 * from a proxy that the operator has named, and only the header that this proxy
 * is known to write: everything else a client can write itself.
 *
 * @module
 */
import type { Context } from "hono";
import type { LimitedAddress } from "../rooms/limits/limits.ts";
import { type Network, parseAddress, siteOf } from "./address.ts";

export const proxyHeaders = ["x-forwarded-for", "forwarded"] as const;

export type ClientOptions = {
  /** The other end of the TCP connection. */
  readonly peerOf: (c: Context) => string | undefined;
  readonly isProxy: Network;
  readonly header: (typeof proxyHeaders)[number];
  /** Addresses whose clients are not limited. */
  readonly isUnlimited: Network;
  /** Runs once, when who is not limited seems to speak for others. */
  readonly onStrayProxy: () => void;
};

export type Client = {
  /** What limits count by; undefined: it is not limited. */
  readonly site: LimitedAddress;
  /** Whether it came over TLS, as far as the nearest proxy knows. */
  readonly isSecure: boolean;
};

export type ClientOf = (c: Context) => Client;

/** Clients of which nothing is known share one limit. */
const UNKNOWN = "unknown";

export function clientTeller(options: ClientOptions): ClientOf {
  const { peerOf, isProxy, header, isUnlimited } = options;
  let warned = false;
  const warn = () => {
    if (!warned) options.onStrayProxy();
    warned = true;
  };
  return (c) => {
    const peer = parseAddress(peerOf(c) ?? "");
    if (peer === undefined) return { site: UNKNOWN, isSecure: false };
    const behind = isProxy(peer);
    const address = behind ? throughProxies(peer, c, options) : peer;
    const forOthers = proxyHeaders.some((name) => c.req.header(name));
    if (!behind && forOthers && isUnlimited(peer)) warn();
    return {
      site: isUnlimited(address) ? undefined : siteOf(address),
      isSecure: behind && lastProtocol(c, header) === "https",
    };
  };
}

/** From the nearest hop on, as long as who names the next one is trusted. */
function throughProxies(
  peer: string,
  c: Context,
  { isProxy, header }: ClientOptions,
): string {
  let address = peer;
  for (const hop of hops(c, header).reverse()) {
    if (!isProxy(address)) break;
    const named = parseAddress(hop);
    if (named === undefined) break;
    address = named;
  }
  return address;
}

function hops(c: Context, header: ClientOptions["header"]): string[] {
  const elements = c.req.header(header)?.split(",") ?? [];
  return header === "forwarded"
    ? elements.map((element) => parameter(element, "for"))
    : elements.map((element) => element.trim());
}

function lastProtocol(c: Context, header: ClientOptions["header"]): string {
  const last = (name: string) => c.req.header(name)?.split(",").at(-1) ?? "";
  return header === "forwarded"
    ? parameter(last("forwarded"), "proto").toLowerCase()
    : last("x-forwarded-proto").trim().toLowerCase();
}

/** Of an element such as `for="[2001:db8::1]:4711";proto=https` (RFC 7239). */
function parameter(element: string, name: string): string {
  for (const pair of element.split(";")) {
    const [key = "", value = ""] = pair.split("=", 2);
    if (key.trim().toLowerCase() === name) {
      return value.trim().replace(/^"(.*)"$/, "$1");
    }
  }
  return "";
}
