import { delay } from "../../support/delay.ts";
import type { Client } from "../support/client.ts";
import type { JoinArguments } from "../support/in_page.ts";
import { Frames } from "./frames.ts";
import type { Spot } from "./lab.ts";

/** A call that has just begun does not know yet what is usual in it. */
const CALM_MS = 3_000;

/** Ann, to whose machine things happen, and Bob, who sees what comes of it. */
export type Scene = Spot & {
  /** Both publish, and see each other. */
  readonly ann: Client;
  readonly bob: Client;
  /** Frames of Bob at Ann's. */
  readonly shownToAnn: Frames;
  /** Frames of Ann at Bob's. */
  readonly shownToBob: Frames;
};

export async function openScene(
  spot: Spot,
  join: JoinArguments["options"],
): Promise<Scene> {
  const { inside, outside } = spot;
  const [ann, bob] = await Promise.all([
    inside.join("ann", join),
    outside.join("bob", { room: inside.room }),
  ]);
  await Promise.all([ann.publish(), bob.publish()]);
  await Promise.all([ann.sees("bob"), bob.sees("ann")]);
  const [shownToAnn, shownToBob] = await Promise.all([
    Frames.of(ann.page),
    Frames.of(bob.page),
  ]);
  await delay(CALM_MS);
  return { ...spot, ann, bob, shownToAnn, shownToBob };
}
