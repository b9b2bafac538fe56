/**
 * Opens the links to several sidecars.
 *
 * @module
 */
import { systemClock } from "../../clock.ts";
import { connectSfu } from "../rpc/connect.ts";
import { Member, type MemberListener } from "./member.ts";
import { SfuPool } from "./pool.ts";

/** Where a sidecar is, and a label of the region that it is in. */
export type SidecarAddress = {
  readonly url: string;
  readonly region?: string | undefined;
};

export type OpenOptions = {
  readonly sidecars: readonly SidecarAddress[];
  /** They all know the same. */
  readonly secret: string;
  /** Certificate authorities in PEM, beside those of the system. */
  readonly ca?: string;
  /** Rooms go to sidecars of this region as long as one is up. */
  readonly region?: string | undefined;
  /** Milliseconds for which they keep the routers of one who is silent. */
  readonly leaseMs: number;
  readonly log: (message: string) => void;
};

/** Returns at once; the links come up by themselves. */
export function openPool(options: OpenOptions): SfuPool {
  const { sidecars, region, log } = options;
  const members = sidecars.map((sidecar) => (listener: MemberListener) =>
    openMember(sidecar, options, listener)
  );
  return new SfuPool({ members, region, clock: systemClock, log });
}

function openMember(
  { url, region }: SidecarAddress,
  { secret, ca, leaseMs, log }: OpenOptions,
  listener: MemberListener,
): Member {
  const link = connectSfu({
    url,
    secret,
    ...(ca !== undefined && { ca }),
    onRefused: () => member.refused(),
    log: (message) => log(`${url}: ${message}`),
  });
  const clock = systemClock;
  const options = { name: url, region, link, clock, leaseMs, log };
  const member = new Member(options, listener);
  return member;
}
