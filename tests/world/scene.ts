/** A world in which what happens is written down beforehand. */
import assert from "node:assert/strict";
import type { EventName, Policy } from "../../protocol/mod.ts";
import type { ConnectionEffect } from "../../client/signaling/io.ts";
import type { Fence } from "./backend.ts";
import type { Act, Deed } from "./plan.ts";
import type { ClusterPlan } from "./cluster/cluster.ts";
import { type Seen, World } from "./world.ts";

export type Script = {
  readonly people?: number;
  readonly policy?: Partial<Policy>;
  /** By the milliseconds at which it happens. */
  readonly acts: Readonly<Record<number, Deed | readonly Deed[]>>;
  /** Milliseconds; all must be well then, unless nobody is to come to rest. */
  readonly until: number;
  readonly endsWell?: boolean;
  /** Missing: the service is one process. */
  readonly cluster?: ClusterPlan;
  readonly without?: Fence;
};

/** Milliseconds after which everybody is in the room. */
const ALL_IN = 3_000;

type EffectType = ConnectionEffect["type"];

/** A script that was lived through. */
export class Scene {
  readonly world: World;

  private constructor(world: World) {
    this.world = world;
  }

  /** Lives through a script; fails when a rule does not hold. */
  static async live(script: Script): Promise<Scene> {
    const { people = 2, policy = {}, acts, until, endsWell = true } = script;
    const { cluster, without } = script;
    const world = new World({
      seed: 1,
      people,
      policy,
      ...(cluster && { cluster }),
      length: until,
      calms: endsWell ? [until] : [],
      acts: Object.entries(acts).flatMap(([at, deeds]) =>
        [deeds].flat().map((deed): Act => ({ at: Number(at), ...deed }))
      ),
    }, { isRecording: true, without });
    const { failure } = await world.run();
    if (failure !== undefined) throw failure;
    return new Scene(world);
  }

  /** What the SDK told somebody, in order; `p0` is the first who came. */
  effects<T extends EffectType>(
    who: string,
    type: T,
  ): (Extract<ConnectionEffect, { type: T }> & { at: number })[] {
    return this.#of(who).flatMap(({ at, seen }) =>
      seen.type === type
        ? [{ ...seen as Extract<ConnectionEffect, { type: T }>, at }]
        : []
    );
  }

  /** The only effect of this type. */
  effect<T extends EffectType>(who: string, type: T) {
    const [first, second] = this.effects(who, type);
    assert.ok(first && !second, `${who} has exactly one ${type}`);
    return first;
  }

  /**
   * Names of events about presence, with their times, as somebody got them
   * after all had come in.
   */
  presence(who: string): [at: number, event: EventName][] {
    return this.effects(who, "event")
      .map(({ at, event }): [number, EventName] => [at, event.name])
      .filter(([at, name]) => at > ALL_IN && name.startsWith("participant"));
  }

  /** What the SFU was asked to do, by how often. */
  calls(method: string): number {
    return this.world.sfu.fake.performed
      .filter((call) => call.method === method).length;
  }

  #of(who: string): Seen[] {
    return this.world.record.filter((seen) => seen.who === who);
  }
}

/** Late by what it takes to get there, and no more. */
export function assertAbout(
  actual: number,
  expected: number,
  late = 400,
): void {
  const isAbout = actual >= expected && actual <= expected + late;
  assert.ok(isAbout, `${actual} is ${expected} to ${expected + late}`);
}
