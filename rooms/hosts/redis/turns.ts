/** What is done about each room, one after the other. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs when all that came before about this room is over. */
  take<T>(room: string, run: () => Promise<T>): Promise<T> {
    const turn = this.over(room).then(run);
    this.#last.set(room, turn);
    const forget = () => {
      if (this.#last.get(room) === turn) this.#last.delete(room);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** When what is done about the room now is over, however it ends. */
  async over(room: string): Promise<void> {
    await this.#last.get(room)?.catch(() => {});
  }

  /** The same for all rooms. */
  async allOver(): Promise<void> {
    await Promise.allSettled(this.#last.values());
  }
}
