import { type AdminClient, adminClient } from "../../admin/client.ts";
import { type Action, type Form, perform } from "./actions/action.ts";
import { wordsOf } from "./actions/words.ts";
import { History } from "./history/history.ts";
import { isRefusal, isUnauthorized, problemWords } from "./problem_words.ts";
import { ServerClock } from "./server_clock.ts";
import { type SignedIn, signedIn, type State } from "./state/state.ts";
import { Store } from "./state/store.ts";
import { hashOf, type View, viewOf } from "./state/view.ts";
import type { TokenStorage } from "./token_storage.ts";
import { Watch } from "./watch.ts";

/** What the dashboard needs of the world around it. */
export type Ports = {
  readonly url: string;
  readonly tokens: Pick<TokenStorage, "token">;
  readonly place: { hash: string };
};

type Session = { readonly client: AdminClient; readonly watch: Watch };

async function requestToken(url: URL): Promise<string | undefined> {
  const response = await fetch(url, { method: "POST" });
  const { token } = await response.json();
  return typeof token === "string" ? token : undefined;
}

/** Everything an operator can do. */
export class Dashboard {
  readonly store = new Store<State>({ at: "signedOut", isBusy: false });
  readonly history = new History();
  readonly clock = new ServerClock();
  readonly #ports: Ports;
  #session: Session | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Goes on where this tab was. */
  open(): void {
    const { token } = this.#ports.tokens;
    if (token !== undefined) this.#begin(token);
  }

  /** Tries the token before it is kept. */
  async signIn(token: string): Promise<void> {
    this.store.set({ at: "signedOut", isBusy: true });
    try {
      const { response } = await this.#client(token).GET("/rooms", {
        params: { query: { pageSize: 1 } },
      });
      if (!response.ok) return this.#refused(response.status);
    } catch {
      return this.#out("The service cannot be reached. Try again.");
    }
    this.#ports.tokens.token = token;
    this.#begin(token);
  }

  /** With a token that the service gives on its own machine, for development. */
  async signInForDevelopment(): Promise<void> {
    const url = new URL("/admin/token", this.#ports.url);
    const token = await requestToken(url).catch(() => undefined);
    if (token !== undefined) return await this.signIn(token);
    this.#out("The service is not in development mode. Bring a token.");
  }

  signOut(notice?: string): void {
    this.#session?.watch.stop();
    this.#session = undefined;
    this.#ports.tokens.token = undefined;
    this.history.clear();
    this.#out(notice);
  }

  /** The address has changed: by a link, or on the way back. */
  placeChanged(): void {
    const view = viewOf(this.#ports.place.hash);
    this.#change({
      view,
      room: { state: "unknown" },
      participant: undefined,
      asked: undefined,
    });
    this.#session?.watch.hurry();
  }

  show(view: View): void {
    this.#ports.place.hash = hashOf(view);
  }

  ask(action: Action): void {
    this.#change({ asked: { action, isBusy: false }, done: undefined });
  }

  dismiss(): void {
    this.#change({ asked: undefined });
  }

  async perform(action: Action, form: Form): Promise<void> {
    if (this.#session === undefined) return;
    this.#change({ asked: { action, isBusy: true } });
    try {
      await perform(this.#session.client, action, form);
      this.#change({ asked: undefined, done: wordsOf(action).done });
    } catch (error) {
      if (isUnauthorized(error)) return this.signOut(problemWords(error));
      if (!isRefusal(error)) console.error(error);
      const problem = problemWords(error);
      this.#change({ asked: { action, isBusy: false, problem } });
    }
    this.#session?.watch.hurry();
  }

  #refused(status: number): void {
    this.#out(
      status === 401
        ? "The service does not take this token: it is wrong, or its time is over."
        : status === 403
        ? "The token has no grant “admin”."
        : `The service answered with HTTP ${status}. Try again.`,
    );
  }

  #out(notice?: string): void {
    this.store.set({ at: "signedOut", isBusy: false, notice });
  }

  #begin(token: string): void {
    const { url, place } = this.#ports;
    this.store.set(signedIn(viewOf(place.hash)));
    const client = this.#client(token);
    const watch = new Watch({
      access: { url, token },
      client,
      history: this.history,
      clock: this.clock,
      view: () => this.#signedIn?.view ?? { at: "service" },
      changed: (changes) => this.#change(changes),
      refused: (error) => this.signOut(problemWords(error)),
    });
    this.#session = { client, watch };
    watch.start();
  }

  #client(token: string): AdminClient {
    const client = adminClient({ url: this.#ports.url, token });
    client.use({
      onResponse: ({ response }) =>
        this.clock.heard(response.headers.get("date")),
    });
    return client;
  }

  get #signedIn(): SignedIn | undefined {
    const { state } = this.store;
    return state.at === "signedIn" ? state : undefined;
  }

  #change(changes: Partial<Omit<SignedIn, "at">>): void {
    if (this.#signedIn) this.store.set({ ...this.#signedIn, ...changes });
  }
}
