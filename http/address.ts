/**
 * IP addresses as text, and networks of them.
 *
 * @module
 */
import { BlockList, isIP, isIPv6 } from "node:net";

/** Whether an address, as `parseAddress` gives it, is in one of some networks. */
export type Network = (address: string) => boolean;

/**
 * One text for one address: lower case, no port, no brackets, no zone, and IPv4
 * also where it comes as IPv6. Undefined: it is none.
 */
export function parseAddress(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ??
    /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, "");
  if (!isIPv6(address)) return isIP(address) === 4 ? address : undefined;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  return mappedIpv4(canonical) ?? canonical;
}

function mappedIpv4(canonical: string): string | undefined {
  const groups = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical);
  if (groups === null) return;
  const [high, low] = groups.slice(1).map((group) => parseInt(group, 16));
  return [high, low].flatMap((group = 0) => [group >> 8, group & 0xff])
    .join(".");
}

/** @returns Undefined when one of them is no network such as 10.0.0.0/8. */
export function parseNetworks(texts: readonly string[]): Network | undefined {
  const list = new BlockList();
  for (const text of texts) {
    const [base = "", prefix, ...rest] = text.split("/");
    const address = parseAddress(base);
    if (address === undefined || rest.length > 0) return;
    const bits = isIPv6(address) ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    if (!/^\d*$/.test(prefix ?? "") || prefix === "" || length > bits) return;
    list.addSubnet(address, length, isIPv6(address) ? "ipv6" : "ipv4");
  }
  return (address) => list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/**
 * What limits count by: an IPv4 address, or the /64 of an IPv6 address, in which
 * every address is the same site's.
 */
export function siteOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = [], tail] = address.split("::").map((half) =>
    half.split(":").filter((group) => group !== "")
  );
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array(missing).fill("0"), ...tail ?? []];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
