/** The service's processes behind a balancer, each with one life after the other. */
import { Random } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import type { Life } from "./life.ts";

/** Of the service's processes, one after the other. */
export type Node = {
  readonly name: string;
  life: Life;
  lives: number;
  /** Milliseconds until the next one begins, when this one is over. */
  restartMs: number;
};

export type NodesOptions = {
  readonly timeline: Timeline;
  readonly seed: number;
  readonly processes: number;
  readonly begin: (name: string, onEnd: () => void) => Life;
};

/** Milliseconds until a process that ended by itself is started again. */
const RESTART_MS = 1_000;
/** How often the balancer knows which processes are there. */
const KNOWS = 0.95;

export class Nodes {
  readonly #options: NodesOptions;
  readonly #all: readonly Node[];
  /** One for each who comes, so that nobody's luck is another's. */
  readonly #balancers = new Map<string, Random>();

  constructor(options: NodesOptions) {
    this.#options = options;
    this.#all = Array.from({ length: options.processes }, (_, index) => {
      const name = `n${index}`;
      const node: Node = {
        name,
        lives: 1,
        restartMs: RESTART_MS,
        life: options.begin(`${name}-1`, () => this.#ended(node)),
      };
      return node;
    });
  }

  at(index: number): Node | undefined {
    return this.#all[index % this.#all.length];
  }

  /** Those that take connections. */
  get open(): Life[] {
    return this.#lives.filter(({ isOpen }) => isOpen);
  }

  /** Where somebody is led to. */
  lead(from: string): Life {
    const random = this.#balancers.get(from) ??
      new Random(`${this.#options.seed} balancer ${from}`);
    this.#balancers.set(from, random);
    const { open } = this;
    const isKnown = open.length > 0 && random.chance(KNOWS);
    return random.pick(isKnown ? open : this.#lives);
  }

  get #lives(): Life[] {
    return this.#all.map(({ life }) => life);
  }

  #ended(node: Node): void {
    const { timeline, begin } = this.#options;
    const ms = node.restartMs;
    node.restartMs = RESTART_MS;
    timeline.after(ms, () => {
      const name = `${node.name}-${++node.lives}`;
      node.life = begin(name, () => this.#ended(node));
    });
  }
}
