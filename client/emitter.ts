import type { Listenable } from "./api/listen.ts";

type Listener<Args extends unknown[]> = {
  readonly call: (...args: Args) => void;
  readonly once: boolean;
};

/** A typed event emitter that its listeners cannot break. */
export class Emitter<Events extends { [E in keyof Events]: unknown[] }>
  implements Listenable<Events> {
  /** Replaced and never changed, so that `emit` goes through those it began with. */
  readonly #listeners: {
    [E in keyof Events]?: readonly Listener<Events[E]>[];
  } = {};
  #isSilent = false;

  on<E extends keyof Events>(
    event: E,
    listener: (...args: Events[E]) => void,
  ): this {
    return this.#add(event, { call: listener, once: false });
  }

  once<E extends keyof Events>(
    event: E,
    listener: (...args: Events[E]) => void,
  ): this {
    return this.#add(event, { call: listener, once: true });
  }

  off<E extends keyof Events>(
    event: E,
    listener: (...args: Events[E]) => void,
  ): this {
    const rest = this.#of(event).filter(({ call }) => call !== listener);
    this.#listeners[event] = rest;
    return this;
  }

  emit<E extends keyof Events>(event: E, ...args: Events[E]): void {
    if (this.#isSilent) return;
    for (const { call, once } of this.#of(event)) {
      if (once) this.off(event, call);
      try {
        call(...args);
      } catch (error) {
        // The app's bug is the app's to see, and none of ours to stumble over.
        reportError(error);
      }
    }
  }

  /** Nobody hears anything any more. */
  silence(): void {
    this.#isSilent = true;
  }

  #add<E extends keyof Events>(event: E, listener: Listener<Events[E]>): this {
    this.#listeners[event] = [...this.#of(event), listener];
    return this;
  }

  #of<E extends keyof Events>(event: E): readonly Listener<Events[E]>[] {
    return this.#listeners[event] ?? [];
  }
}
