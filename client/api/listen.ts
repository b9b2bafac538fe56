/** The listening half of an event emitter. */
export interface Listenable<Events extends { [E in keyof Events]: unknown[] }> {
  /**
   * Calls `listener` at each `event`, in the order of registration. What a
   * listener throws surfaces as an uncaught error and disturbs nobody else.
   */
  on<E extends keyof Events>(
    event: E,
    listener: (...args: Events[E]) => void,
  ): this;
  /** As `on`, for the next event only. */
  once<E extends keyof Events>(
    event: E,
    listener: (...args: Events[E]) => void,
  ): this;
  /** Forgets a listener that `on` or `once` registered. */
  off<E extends keyof Events>(
    event: E,
    listener: (...args: Events[E]) => void,
  ): this;
}
