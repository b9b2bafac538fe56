import { type Action, reduce } from "./reducer.ts";
import type { State } from "./state.ts";

export type Dispatch = (action: Action) => void;

/** The page's state, and the only way to change it. */
export class Store {
  #state: State;
  readonly #listeners = new Set<(state: State) => void>();

  constructor(initial: State) {
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  readonly dispatch: Dispatch = (action) => {
    this.#state = reduce(this.#state, action);
    for (const listener of this.#listeners) listener(this.#state);
  };

  subscribe(listener: (state: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
