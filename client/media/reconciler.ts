import type { ParticipantInfo } from "../../protocol/mod.ts";
import type { Ports } from "../ports.ts";
import type { Ask } from "../signaling/signaling.ts";
import {
  type Here,
  type Lack,
  lacksOf,
  type Strays,
  straysOf,
  type Told,
} from "./comparison.ts";
import type { MediaHost } from "./host.ts";
import { isNotFound } from "./transient.ts";

export type ReconcilerOptions = Here & {
  readonly ask: Ask;
  readonly ports: Pick<Ports, "after" | "random">;
  readonly host: Pick<MediaHost, "caughtUp">;
};

/** Milliseconds in which a new owner of the room has found the media server. */
const RETRY_MS = 1_000;
/** What has not come about by then is left to the recovery of its transport. */
const MAX_TRIES = 5;

/**
 * Brings together, after a resume, what the room has of one's media and what is
 * here: a crash may have taken from the room the last that was done (HO13).
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Of the last resume; what an earlier one began is void. */
  #round = 0;
  /** What the room has said of the participant, until all is as it is here. */
  #self: ParticipantInfo | undefined;
  #callOff = () => {};

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Never rejects. Asks for nothing where all is as it should be. */
  async resumed(resumed: Told): Promise<void> {
    const round = this.#begin();
    const { self = this.#self } = resumed;
    const told = { ...resumed, self };
    this.#self = self;
    const lacks = lacksOf(this.#options, told);
    if (lacks.length > 0 || areAny(straysOf(this.#options, told))) {
      if (!await this.#isCaughtUp(round)) return;
      this.#close(straysOf(this.#options, told));
      await this.#mend(lacks, round);
    }
    if (round === this.#round) this.#self = undefined;
  }

  /** There is another session, or none. */
  forget(): void {
    this.#begin();
    this.#self = undefined;
  }

  #begin(): number {
    this.#callOff();
    return ++this.#round;
  }

  /**
   * Waits for what may explain a difference: events that were missed, and answers
   * to requests that were sent again.
   */
  async #isCaughtUp(round: number): Promise<boolean> {
    try {
      await this.#options.host.caughtUp();
    } catch {
      return false;
    }
    // What was answered last is about to find its place.
    return await this.#pause(0, round);
  }

  #close({ transports, things }: Strays): void {
    const { ask, sending } = this.#options;
    for (const transportId of transports) sending.retire(transportId);
    for (const id of things) void closeAtService(ask, id);
  }

  async #mend(lacks: readonly Lack[], round: number): Promise<void> {
    let failed = await failuresOf(lacks);
    for (let tries = 1; failed.length > 0; tries++) {
      if (tries === MAX_TRIES) return this.#leave(failed);
      const wait = RETRY_MS * (1 + this.#options.ports.random() / 2);
      if (!await this.#pause(wait, round)) return;
      failed = await failuresOf(failed);
    }
  }

  /** To those who recreate transports until that works. */
  #leave(lacks: readonly Lack[]): void {
    const { transports } = this.#options;
    for (const direction of new Set(lacks.map(({ direction }) => direction))) {
      const { current } = transports[direction];
      if (current) transports[direction].gone(current.id);
    }
  }

  /** False, or nothing at all, where another round has begun. */
  async #pause(ms: number, round: number): Promise<boolean> {
    if (round !== this.#round) return false;
    await new Promise<void>((resolve) => {
      this.#callOff = this.#options.ports.after(ms, resolve);
    });
    return round === this.#round;
  }
}

const areAny = ({ transports, things }: Strays): boolean =>
  transports.length + things.length > 0;

async function failuresOf(lacks: readonly Lack[]): Promise<Lack[]> {
  const outcomes = await Promise.allSettled(lacks.map(({ mend }) => mend()));
  return lacks.filter((_, index) => outcomes[index]?.status === "rejected");
}

/** What it is, only the service knows. What cannot be closed is gone there. */
async function closeAtService(ask: Ask, id: string): Promise<void> {
  const ways = [
    () => ask("closeProducer", { producerId: id }),
    () => ask("closeConsumer", { consumerId: id }),
    () => ask("closeDataProducer", { dataProducerId: id }),
    () => ask("closeDataConsumer", { dataConsumerId: id }),
  ];
  for (const close of ways) {
    try {
      await close();
      return;
    } catch (error) {
      if (!isNotFound(error)) return;
    }
  }
}
