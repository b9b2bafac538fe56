import type { Socket } from "../../../client/ports.ts";

/** What happens at the far end of a `FakeSocket`. */
export interface FarEnd {
  received(text: string): void;
  closed(code: number): void;
}

type Phase = "connecting" | "open" | "closed";

/**
 * A WebSocket in memory. What the far end sends arrives in tasks of its own, in
 * order, as in a browser.
 */
export class FakeSocket extends EventTarget implements Socket {
  readonly url: URL;
  readonly protocol: string;
  #phase: Phase = "connecting";
  #isCut = false;
  #farEnd: FarEnd | undefined;

  constructor(url: URL, protocol: string) {
    super();
    this.url = url;
    this.protocol = protocol;
  }

  get phase(): Phase {
    return this.#phase;
  }

  accept(farEnd: FarEnd): void {
    this.#farEnd = farEnd;
    this.#later(() => {
      if (this.#phase !== "connecting") return;
      this.#phase = "open";
      this.dispatchEvent(new Event("open"));
    });
  }

  /** Nothing goes through any more, and nobody is told: the socket is half-open. */
  cut(): void {
    this.#isCut = true;
  }

  /** All goes through again that is said from now on. */
  heal(): void {
    this.#isCut = false;
  }

  /** The far end says something. */
  deliver(data: string | ArrayBuffer): void {
    if (this.#isCut) return;
    this.#later(() => {
      if (this.#phase !== "open") return;
      this.dispatchEvent(new MessageEvent("message", { data }));
    });
  }

  /** The far end closes, or the network does. */
  drop(code: number): void {
    this.#later(() => {
      if (this.#phase === "closed") return;
      this.#phase = "closed";
      this.dispatchEvent(new CloseEvent("close", { code }));
    });
  }

  send(text: string): void {
    if (this.#phase === "connecting") throw new Error("not open yet");
    if (this.#phase === "open" && !this.#isCut) this.#farEnd?.received(text);
  }

  close(code = 1005): void {
    if (code !== 1000 && (code < 3000 || code > 4999)) {
      throw new Error(`a page must not close with ${code}`);
    }
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    if (!this.#isCut) this.#farEnd?.closed(code);
  }

  #later(task: () => void): void {
    setTimeout(task, 0);
  }
}
