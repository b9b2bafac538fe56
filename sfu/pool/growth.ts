/**
 * How a router gets another part, in a sidecar that has room for it.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../clock.ts";
import type { Member } from "./member.ts";
import type { Part } from "./part.ts";
import type { Failure } from "./pipe.ts";
import type { Pipes } from "./pipes.ts";

export type Growing = {
  readonly id: string;
  readonly pipes: Pipes;
  /** At least one, unless it is over. */
  readonly parts: readonly Part[];
  /** Where another one may be. */
  candidate(): Member | undefined;
  /** Begins a part, which hears what is told of it from then on. */
  partIn(member: Member): Part;
  joined(part: Part): void;
  /** It is none of it. */
  abandon(part: Part): void;
  readonly log: (message: string) => void;
};

type State =
  | { readonly name: "ready" }
  | { readonly name: "growing" }
  /** After one that could not be had, until this time on the clock. */
  | { readonly name: "resting"; readonly until: number }
  | { readonly name: "over" };

/** Milliseconds until another sidecar is tried after one that could not be had. */
const REST_MS = 30_000;

const unlike: Failure = {
  ok: false,
  status: "FAILED_PRECONDITION",
  message: "it has other codecs",
};

export class Growth {
  readonly #router: Growing;
  readonly #clock: Clock;
  #state: State = { name: "ready" };

  constructor(router: Growing, clock: Clock) {
    this.#router = router;
    this.#clock = clock;
  }

  get isOver(): boolean {
    return this.#state.name === "over";
  }

  /** Those who come meanwhile go where there is no room. */
  async grow(): Promise<void> {
    const { candidate, parts: [first] } = this.#router;
    if (first === undefined || !this.#mayGrow) return;
    const member = candidate();
    if (member === undefined) return;
    this.#state = { name: "growing" };
    const part = this.#router.partIn(member);
    const failure = await this.#make(part, first);
    const isWhole = failure === undefined && !part.isClosed;
    const { id, log } = this.#router;
    if (isWhole && !this.isOver) {
      log(`Router ${id} is spread to sidecar ${member.name}`);
      this.#state = { name: "ready" };
      return this.#router.joined(part);
    }
    const { message = "it is gone" } = failure ?? {};
    log(`Router ${id} is not spread to sidecar ${member.name}: ${message}`);
    this.#router.abandon(part);
    this.rest();
  }

  rest(): void {
    if (this.isOver) return;
    this.#state = { name: "resting", until: this.#clock.now() + REST_MS };
  }

  end(): void {
    this.#state = { name: "over" };
  }

  get #mayGrow(): boolean {
    const state = this.#state;
    return state.name === "ready" ||
      state.name === "resting" && this.#clock.now() >= state.until;
  }

  async #make(part: Part, like: Part): Promise<Failure | undefined> {
    const { id: routerId, pipes } = this.#router;
    const described = await like.ask("describeRouter", { routerId });
    if (!described.ok) return described;
    const { rtpCapabilities, ...settings } = described.result;
    const params = { ...settings, partOf: routerId };
    const made = await part.ask("createRouter", params);
    if (!made.ok) return made;
    if (!isDeepStrictEqual(made.result.rtpCapabilities, rtpCapabilities)) {
      return unlike;
    }
    const opened = await Promise.all(
      this.#router.parts.map((one) => pipes.between(one, part)),
    );
    return opened.find((failure) => failure !== undefined);
  }
}
