/**
 * Calls between two, on machines of their own, as the bench of recoveries wants
 * them from ours and from the peer alike.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import type { Frames } from "../../e2e/faults/frames.ts";
import type { Host } from "../../e2e/support/netns_host.ts";

/** Where a call takes place. */
export type Ground = {
  /** To which things happen. */
  readonly host: Host;
  /** On that host. */
  readonly inside: Browser;
  /** On another one. */
  readonly outside: Browser;
};

/** Both see each other. */
export type Call = AsyncDisposable & {
  /** Frames that are shown on the host to which things happen. */
  readonly shownInside: Frames;
  readonly shownOutside: Frames;
};

export type Calls = AsyncDisposable & {
  readonly name: string;
  /** Of the pages. */
  readonly origin: string;
  open(ground: Ground): Promise<Call>;
};

/** As in the measurements that the targets come from. */
export const VIDEO = {
  width: 320,
  height: 240,
  frameRate: 20,
} satisfies MediaTrackConstraints;
