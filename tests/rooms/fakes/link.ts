import type {
  CallOptions,
  LinkReply,
  LinkState,
  SfuLink,
} from "../../../sfu/link.ts";
import type {
  SfuEvent,
  SfuMethod,
  SfuParams,
  SfuResult,
} from "../../../sfu/methods.ts";

type Sent = {
  readonly method: SfuMethod;
  readonly params: unknown;
  readonly options: CallOptions;
  readonly reply: (reply: LinkReply<SfuMethod>) => void;
};
type StateListener = (state: "up" | "down", fresh: boolean) => void;

/** A link whose other end is the test. */
export class FakeLink implements SfuLink {
  state: LinkState = "up";
  readonly sent: Sent[] = [];
  readonly #listeners = new Map<string, (event: SfuEvent) => void>();
  readonly #stateListeners = new Set<StateListener>();

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    this.sent.push({
      method,
      params,
      options,
      reply: (given) => reply(given as LinkReply<M>),
    });
  }

  subscribe(
    routerId: string,
    listener: (event: SfuEvent) => void,
  ): () => void {
    this.#listeners.set(routerId, listener);
    return () => this.#listeners.delete(routerId);
  }

  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    this.state = "closed";
  }

  /** Routers whose events somebody hears. */
  get heard(): string[] {
    return [...this.#listeners.keys()];
  }

  get observed(): boolean {
    return this.#stateListeners.size > 0;
  }

  /** Methods of all calls, in their order. */
  get methods(): SfuMethod[] {
    return this.sent.map(({ method }) => method);
  }

  /** Answers the last call of a method. */
  answer<M extends SfuMethod>(method: M, result: SfuResult<M>): void {
    const sent = this.sent.findLast((sent) => sent.method === method);
    sent?.reply({ ok: true, result });
  }

  emit(event: SfuEvent): void {
    this.#listeners.get(event.params.routerId)?.(event);
  }

  turn(state: "up" | "down", fresh = false): void {
    this.state = state;
    for (const listener of [...this.#stateListeners]) listener(state, fresh);
  }
}
