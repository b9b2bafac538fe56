/** @module */
import { Tally } from "../rooms/limits/tally.ts";
import { type Network, parseAddress, siteOf } from "./address.ts";

export type PeerLimitOptions = {
  /** TCP connections of one site, whatever they are used for. */
  readonly max: number;
  readonly isExempt: Network;
};

/** Those that are not counted need not be released either. */
const nothing = () => {};

/**
 * For connections before anything was said on them, of which only the other end
 * is known; who stands behind a proxy is counted later.
 */
export function peerLimit(
  { max, isExempt }: PeerLimitOptions,
): (peer: string) => (() => void) | undefined {
  const connections = new Tally(max);
  return (peer) => {
    const address = parseAddress(peer);
    if (address === undefined || isExempt(address)) return nothing;
    const site = siteOf(address);
    return connections.add(site) ? () => connections.remove(site) : undefined;
  };
}
