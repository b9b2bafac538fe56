/**
 * What clients of one address, and of one identity, may do. An address that is
 * not limited is `undefined` here. A resume with the right secret is never
 * refused by any of this: half a school behind one address may come back at
 * once.
 *
 * @module
 */
import type { Clock } from "../../clock.ts";
import { Meters } from "./meters.ts";
import { Tally } from "./tally.ts";

export type LimitedAddress = string | undefined;

export interface Limits {
  /** Takes a place for a connection; false when the address has no more. */
  connect(address: LimitedAddress): boolean;
  disconnect(address: LimitedAddress): void;
  /** The same for connections that have not said yet who they are. */
  startWaiting(address: LimitedAddress): boolean;
  stopWaiting(address: LimitedAddress): void;
  /** Counts a first message that is no resume; milliseconds to wait, or 0. */
  knock(address: LimitedAddress): number;
  /** Counts a join with a token that holds; milliseconds to wait, or 0. */
  join(address: LimitedAddress, identity: string): number;
  /** Milliseconds in which wrong secrets of the address are not told to be wrong. */
  guessWait(address: LimitedAddress): number;
  wrongSecret(address: LimitedAddress): void;
}

export type LimitsOptions = {
  readonly clock: Pick<Clock, "now">;
  readonly maxConnections: number;
  readonly maxWaiting: number;
  /** In a minute, which are also as many as may come at once. */
  readonly joinsOfAddress: number;
  readonly joinsOfIdentity: number;
  readonly wrongSecrets: number;
};

const SECONDS_A_MINUTE = 60;
const aMinute = (count: number) => ({
  perSecond: count / SECONDS_A_MINUTE,
  burst: count,
});

export function createLimits(options: LimitsOptions): Limits {
  const { clock } = options;
  const connections = new Tally(options.maxConnections);
  const waiting = new Tally(options.maxWaiting);
  const knocks = new Meters(aMinute(options.joinsOfAddress));
  const joins = new Meters(aMinute(options.joinsOfIdentity));
  const guesses = new Meters(aMinute(options.wrongSecrets));
  return {
    connect: (address) => address === undefined || connections.add(address),
    disconnect(address) {
      if (address !== undefined) connections.remove(address);
    },
    startWaiting: (address) => address === undefined || waiting.add(address),
    stopWaiting(address) {
      if (address !== undefined) waiting.remove(address);
    },
    knock: (address) =>
      address === undefined ? 0 : knocks.take(address, clock.now()),
    join: (address, identity) =>
      address === undefined ? 0 : joins.take(identity, clock.now()),
    guessWait: (address) =>
      address === undefined ? 0 : guesses.waitFor(address, clock.now()),
    wrongSecret(address) {
      if (address !== undefined) guesses.take(address, clock.now());
    },
  };
}

/** Where everybody is trusted. */
export const noLimits: Limits = {
  connect: () => true,
  disconnect() {},
  startWaiting: () => true,
  stopWaiting() {},
  knock: () => 0,
  join: () => 0,
  guessWait: () => 0,
  wrongSecret() {},
};
