/**
 * Which sidecar a new room goes to.
 *
 * @module
 */
import type { Load } from "./member.ts";

/** A sidecar, as far as its choice depends on it. */
export type Candidate = {
  readonly isUp: boolean;
  /** It answers late, or fails. */
  readonly isSlow: boolean;
  readonly region: string | undefined;
  readonly load: Load;
};

/** What a room that was placed since the last report will take, of one core. */
const SHARE = 0.02;

/**
 * The least loaded of the best: one of the region that is wanted before others,
 * one that answers in time before all. `undefined`: none is up.
 */
export function place<C extends Candidate>(
  candidates: readonly C[],
  region: string | undefined,
): C | undefined {
  const [best] = candidates.filter(({ isUp }) => isUp)
    .toSorted((one, other) =>
      Number(one.isSlow) - Number(other.isSlow) ||
      Number(isFar(one, region)) - Number(isFar(other, region)) ||
      loadOf(one) - loadOf(other) ||
      one.load.routers - other.load.routers
    );
  return best;
}

/** Of one core, beyond which nothing is added that may as well go nowhere. */
const FULL = 0.9;

/** Whether a part of a room that is too large for others may go there. */
export const hasRoom = ({ isSlow, load }: Candidate): boolean =>
  !isSlow && load.busy < FULL;

const isFar = (candidate: Candidate, region: string | undefined): boolean =>
  region !== undefined && candidate.region !== region;

/** Of one core, 0 to 1 and a little more. */
const loadOf = ({ load: { busy, workers, placed } }: Candidate): number =>
  busy + placed * SHARE / Math.max(1, workers);
