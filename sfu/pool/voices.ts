/**
 * Who is heard, and who speaks, where each sidecar hears only those who send to
 * it: the levels of all together, and of those who speak in one the loudest.
 *
 * @module
 */
import type { SfuEvent } from "../methods.ts";

type Told<E extends SfuEvent["event"]> = Extract<SfuEvent, { event: E }>;
type Levels = Told<"audioLevels">["params"]["levels"];

/** What one sidecar says of its own. */
type Hearing = {
  levels: Levels;
  speaker: string | undefined;
  /** Whether the speaker was compared with who speaks elsewhere. */
  isJudged: boolean;
};

/** More voices at once than anybody shows. */
const MAX_ENTRIES = 16;
/** dBov of one who is not among the levels. */
const SILENCE = -127;

export class Voices<Place> {
  readonly #routerId: string;
  readonly #hearings = new Map<Place, Hearing>();
  /** Where somebody speaks, and who, as it was told last. */
  #place: Place | undefined;
  #speaker: string | undefined;

  constructor(routerId: string) {
    this.#routerId = routerId;
  }

  forget(place: Place): void {
    this.#hearings.delete(place);
    if (this.#place === place) this.#place = undefined;
  }

  /** What is to be told, now that one of them has told this. */
  hear(
    place: Place,
    { event, params }: Told<"audioLevels"> | Told<"activeSpeaker">,
  ): SfuEvent[] {
    const hearing = this.#hearings.get(place) ?? createHearing();
    this.#hearings.set(place, hearing);
    if (event === "audioLevels") {
      hearing.levels = params.levels;
      return [this.#all(), ...this.#judge(place, hearing)];
    }
    hearing.speaker = params.producerId;
    hearing.isJudged = false;
    const isHere = (this.#place ?? place) === place;
    return isHere ? this.#choose(place) : this.#judge(place, hearing);
  }

  #all(): SfuEvent {
    const levels = [...this.#hearings.values()].flatMap((one) => one.levels)
      .toSorted((a, b) => b.volume - a.volume).slice(0, MAX_ENTRIES);
    const routerId = this.#routerId;
    return { event: "audioLevels", params: { routerId, levels } };
  }

  /** Whoever speaks goes on until silent, or until a louder one has begun. */
  #judge(place: Place, hearing: Hearing): SfuEvent[] {
    const now = this.#place;
    if (now === undefined || !this.#isAudible(now)) return this.#replace();
    if (hearing.isJudged || !this.#isAudible(place)) return [];
    hearing.isJudged = true;
    const isLouder = this.#volumeOf(place) > this.#volumeOf(now);
    return isLouder ? this.#choose(place) : [];
  }

  /** Elsewhere somebody may have been speaking all the time. */
  #replace(): SfuEvent[] {
    const [loudest] = [...this.#hearings.keys()]
      .toSorted((a, b) => this.#volumeOf(b) - this.#volumeOf(a));
    if (loudest === undefined || !this.#isAudible(loudest)) return [];
    return this.#choose(loudest);
  }

  #choose(place: Place): SfuEvent[] {
    this.#place = place;
    const producerId = this.#hearings.get(place)?.speaker;
    if (producerId === undefined || producerId === this.#speaker) return [];
    this.#speaker = producerId;
    const params = { routerId: this.#routerId, producerId };
    return [{ event: "activeSpeaker", params }];
  }

  #isAudible(place: Place): boolean {
    return this.#volumeOf(place) > SILENCE;
  }

  /** Of who speaks there. */
  #volumeOf(place: Place): number {
    const { levels = [], speaker } = this.#hearings.get(place) ?? {};
    return levels.find(({ producerId }) => producerId === speaker)?.volume ??
      SILENCE;
  }
}

const createHearing = (): Hearing => ({
  levels: [],
  speaker: undefined,
  isJudged: true,
});
