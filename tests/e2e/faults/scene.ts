import type { Browser } from "playwright-core";
import type { Service } from "../../support/service.ts";
import type { Client } from "../support/client.ts";
import type { JoinArguments } from "../support/in_page.ts";
import type { Host } from "../support/netns_host.ts";
import { Stage } from "../support/world.ts";
import { Frames } from "./frames.ts";

export type SceneOptions = {
  readonly service: Service;
  readonly host: Host;
  /** Ann's. */
  readonly browser: Browser;
  readonly watchers: Browser;
  /** How Ann joins. */
  readonly join: JoinArguments["options"];
};

/** Ann, to whose machine things happen, and Bob, who sees what comes of it. */
export class Scene {
  readonly host: Host;
  /** Both publish, and see each other. */
  readonly ann: Client;
  readonly bob: Client;
  /** Frames of Bob at Ann's. */
  readonly shownToAnn: Frames;
  /** Frames of Ann at Bob's. */
  readonly shownToBob: Frames;
  readonly #stages: Stages;

  private constructor(
    { host }: SceneOptions,
    stages: Stages,
    { ann, bob, shownToAnn, shownToBob }: Call,
  ) {
    this.host = host;
    this.#stages = stages;
    this.ann = ann;
    this.bob = bob;
    this.shownToAnn = shownToAnn;
    this.shownToBob = shownToBob;
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const { service, browser, watchers, join } = options;
    const stages = {
      inside: new Stage({ service, browser }),
      outside: new Stage({ service, browser: watchers }),
    };
    try {
      return new Scene(options, stages, await call(stages, join));
    } catch (error) {
      await close(stages);
      throw error;
    }
  }

  /** What their pages have said. */
  get logs(): string[] {
    const { inside, outside } = this.#stages;
    return [...inside.logs, ...outside.logs];
  }

  close(): Promise<void> {
    return close(this.#stages);
  }
}

type Stages = { readonly inside: Stage; readonly outside: Stage };
type Call = Pick<Scene, "ann" | "bob" | "shownToAnn" | "shownToBob">;

async function call(
  { inside, outside }: Stages,
  join: JoinArguments["options"],
): Promise<Call> {
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
  return { ann, bob, shownToAnn, shownToBob };
}

async function close({ inside, outside }: Stages): Promise<void> {
  await Promise.all([inside.close(), outside.close()]);
}
