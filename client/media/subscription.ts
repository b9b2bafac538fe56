import { errorOf } from "../errors.ts";

/** How to come to a consumer of some kind, and how to be rid of it. */
export interface Consuming<C> {
  /** Asks the service for a consumer, which does not flow yet. */
  request(): Promise<{ id: string; open: () => Promise<C> }>;
  /** Lets it flow. */
  start(id: string): Promise<void>;
  /** Closes the service's end. */
  release(id: string): Promise<void>;
}

type State<C> =
  | { readonly type: "requesting" }
  | { readonly type: "opening"; readonly id: string }
  | { readonly type: "open"; readonly id: string; readonly consumer: C }
  /** `isReleased`: the service has no end of it, or will close it by itself. */
  | { readonly type: "closed"; readonly isReleased: boolean };

/**
 * One way from the wish to receive something to the end of receiving it. It can
 * be closed at any point of the way, and leaves nothing behind at either end.
 */
export class Subscription<C extends { close(): void }> {
  /** Rejects when it is closed before it is open. */
  readonly opened: Promise<C>;
  readonly #consuming: Consuming<C>;
  #state: State<C> = { type: "requesting" };

  constructor(consuming: Consuming<C>) {
    this.#consuming = consuming;
    this.opened = this.#open();
  }

  /** The service's name for it, as soon as there is one. */
  get id(): string | undefined {
    return "id" in this.#state ? this.#state.id : undefined;
  }

  get consumer(): C | undefined {
    return this.#state.type === "open" ? this.#state.consumer : undefined;
  }

  /** By this client. Resolves when the service has closed its end. */
  async close(): Promise<void> {
    const { id } = this;
    const wasOpen = this.consumer !== undefined;
    this.#close(false);
    if (wasOpen && id !== undefined) await this.#consuming.release(id);
  }

  /** By the service, as far as it had an end of it. */
  closed(): void {
    this.#close(this.id !== undefined);
  }

  #close(isReleased: boolean): void {
    const state = this.#state;
    if (state.type === "closed") return;
    this.#state = { type: "closed", isReleased };
    if (state.type === "open") state.consumer.close();
  }

  async #open(): Promise<C> {
    const { id, open } = await this.#consuming.request();
    let consumer: C | undefined;
    try {
      this.#proceed({ type: "opening", id });
      consumer = await open();
      this.#proceed({ type: "opening", id });
      await this.#consuming.start(id);
      this.#proceed({ type: "open", id, consumer });
      return consumer;
    } catch (error) {
      consumer?.close();
      await this.#abort(id);
      throw error;
    }
  }

  #proceed(state: State<C>): void {
    if (this.#state.type === "closed") throw errorOf("cancelled");
    this.#state = state;
  }

  /** The failure that led here is the one to tell of, not a second one. */
  async #abort(id: string): Promise<void> {
    const state = this.#state;
    this.#state = { type: "closed", isReleased: true };
    if (state.type === "closed" && state.isReleased) return;
    await this.#consuming.release(id).catch(() => {});
  }
}
