import { type connect, HoldfastError } from "../../client/mod.ts";
import { Call } from "./call/call.ts";
import { type requestToken, TokenError } from "./call/token.ts";
import type { LocalMedia } from "./media/local_media.ts";
import { activeTrack, problemIn } from "./media/media_state.ts";
import type { DeviceKind } from "./media/problem.ts";
import type { Memory } from "./memory.ts";
import { friendlyRoomName, roomLink, toRoomName } from "./names.ts";
import type { Form, Panel } from "./state/state.ts";
import type { Fault, Simulator } from "./simulate/simulator.ts";
import type { Store } from "./state/store.ts";
import { joinWords } from "./words/join_words.ts";

/** What the page needs of the world around it. */
export type Ports = {
  connect: typeof connect;
  requestToken: typeof requestToken;
  memory: Memory;
  simulator: Simulator;
  address: { href: string; replace(href: string): void };
  random(): number;
};

/** Everything a person can do on the page. */
export class Page {
  readonly #store: Store;
  readonly #media: LocalMedia;
  readonly #ports: Ports;
  #call: Call | undefined;
  #joining: AbortController | undefined;

  constructor(store: Store, media: LocalMedia, ports: Ports) {
    this.#store = store;
    this.#media = media;
    this.#ports = ports;
    ports.simulator.onChange = (simulation) =>
      store.dispatch({ type: "simulationChanged", simulation });
  }

  edit(form: Partial<Form>): void {
    this.#store.dispatch({ type: "formChanged", form });
  }

  async openDevices(): Promise<void> {
    await this.#media.open();
  }

  async retryDevices(): Promise<void> {
    await this.#media.retry();
  }

  async goWithoutDevices(): Promise<void> {
    await this.#media.turn("microphone", false);
    await this.#media.turn("camera", false);
  }

  /** On, off, or one more try where the device failed. */
  async toggle(kind: DeviceKind): Promise<void> {
    const source = this.#media.state[kind];
    const retry = source.on && problemIn(source) !== undefined;
    const on = retry || !source.on;
    await this.#media.turn(kind, on);
    const works = activeTrack(this.#media.state[kind]) !== undefined;
    this.#announce(`Your ${kind} is ${on && works ? "on" : "off"}`);
  }

  async chooseDevice(kind: DeviceKind, deviceId: string): Promise<void> {
    this.#ports.memory.keep(kind, deviceId);
    await this.#media.choose(kind, deviceId);
  }

  chooseSpeaker(speakerId: string): void {
    this.#ports.memory.keep("speaker", speakerId);
    this.#media.chooseSpeaker(speakerId);
  }

  async join(): Promise<void> {
    const { form, phase } = this.#store.state;
    if (phase.at === "joining" || phase.at === "inRoom") return;
    const room = toRoomName(form.room);
    if (room === undefined) return;
    this.endSimulation();
    this.edit({ room });
    this.#ports.memory.keep("name", form.name.trim());
    this.#ports.address.replace(this.linkTo(room));
    this.#store.dispatch({ type: "joining" });
    void this.#media.open();
    await this.#connect(room, form.name.trim() || "Guest");
  }

  cancelJoin(): void {
    this.#joining?.abort();
  }

  leave(): void {
    this.endSimulation();
    this.#call?.leave();
  }

  /** Back to the lobby, with the name of a room that nobody is in. */
  newRoom(): void {
    const room = friendlyRoomName(this.#ports.random);
    this.#ports.address.replace(this.linkTo(room));
    this.#store.dispatch({ type: "lobbyOpened", room });
    void this.#media.open();
  }

  linkTo(room: string): string {
    return roomLink(this.#ports.address.href, room);
  }

  show(panel: Panel | undefined): void {
    this.#store.dispatch({ type: "panel", panel });
  }

  async send(text: string): Promise<void> {
    await this.#call?.send(text);
  }

  preferLayer(sessionId: string, layer: number): void {
    this.#call?.preferLayer(sessionId, layer);
  }

  async shareScreen(): Promise<void> {
    await this.#call?.shareScreen();
  }

  async stopSharing(): Promise<void> {
    await this.#call?.stopSharing();
  }

  /** Back into the room, without waiting for the next try. */
  retryNow(): void {
    this.#call?.retryNow();
  }

  backSeen(): void {
    const news = { type: "backSeen" } as const;
    this.#store.dispatch({ type: "connectionNews", news, at: Date.now() });
  }

  simulate(fault: Fault, seconds: number): void {
    this.#ports.simulator.start(fault, seconds * 1_000);
  }

  endSimulation(): void {
    this.#ports.simulator.stop();
  }

  dismiss(id: number): void {
    this.#store.dispatch({ type: "toastGone", id });
  }

  async #connect(room: string, name: string): Promise<void> {
    const joining = this.#joining = new AbortController();
    const { signal } = joining;
    const url = new URL(`/rooms/${room}`, this.#ports.address.href);
    try {
      const token = await this.#tokens(url, name, signal);
      const options = { name, signal, rejoin: true };
      const joined = await this.#ports.connect(url, token, options);
      this.#call = new Call(joined, this.#store, this.#media);
    } catch (error) {
      const notice = signal.aborted ? undefined : joinWords(error);
      if (!isExpected(error, signal)) reportError(error);
      this.#store.dispatch({ type: "joinFailed", notice });
    }
  }

  /** Rejects if there is none. A way back into the room may want another one. */
  async #tokens(
    url: URL,
    name: string,
    signal: AbortSignal,
  ): Promise<() => Promise<string>> {
    const tokens = [await this.#token(url, name, signal)];
    return async () => tokens.pop() ?? await this.#token(url, name, signal);
  }

  /** One identity a tab: a reload takes its own place, a new tab its own. */
  async #token(url: URL, name: string, signal: AbortSignal): Promise<string> {
    const identity = this.#ports.memory.identity;
    const guest = { name, identity };
    const grant = await this.#ports.requestToken(url, guest, signal);
    this.#ports.memory.identity = grant.identity;
    return grant.token;
  }

  #announce(text: string): void {
    this.#store.dispatch({ type: "announced", text });
  }
}

/** Anything else is a bug, and belongs into the console as well. */
function isExpected(error: unknown, { aborted }: AbortSignal): boolean {
  return aborted || error instanceof HoldfastError ||
    error instanceof TokenError;
}
