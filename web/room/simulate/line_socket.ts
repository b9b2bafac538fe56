import type { Ports, Socket } from "../../../client/ports.ts";
import type { Line } from "./line.ts";
import { lateness } from "./tcp.ts";

/** A page that says more than this in a cut has other problems. */
const MOST_HELD = 4_096;

/** A browser's socket, and whether the other side has closed it. */
type Wire = { readonly socket: Socket; isClosed: boolean };

type Phase =
  /** Waits for the line to be whole. */
  | { type: "undialled" }
  | { type: "live"; wire: Wire }
  /** What either side says waits, as in the buffers of TCP. */
  | { type: "held"; wire: Wire; backlog: (() => void)[] }
  | { type: "closed" };

type Dial = () => Socket;

/**
 * A WebSocket over a line that can be cut. As in a network that drops packets,
 * nothing of a stream is lost: what either side says in a cut arrives when TCP
 * has noticed that the line is whole, in its order. A socket that is opened in a
 * cut is dialled when the cut is over.
 */
class LineSocket extends EventTarget implements Socket {
  readonly #after: Ports["after"];
  readonly #dial: Dial;
  readonly #detach: () => void;
  #phase: Phase = { type: "undialled" };
  #callOffRelease: () => void = () => {};

  constructor(line: Line, after: Ports["after"], dial: Dial) {
    super();
    this.#after = after;
    this.#dial = dial;
    this.#detach = line.attach({
      cut: () => this.#hold(),
      restored: (cutMs) => this.#restored(cutMs),
    });
    if (!line.isCut) this.#open();
  }

  send(text: string): void {
    if (this.#phase.type === "undialled") {
      throw new DOMException("Still in CONNECTING state", "InvalidStateError");
    }
    this.#pass(({ socket, isClosed }) => {
      if (!isClosed) socket.send(text);
    });
  }

  close(code?: number): void {
    if (this.#phase.type !== "undialled") {
      return this.#pass(({ socket }) => socket.close(code));
    }
    this.#end();
    this.#after(0, () => this.#tellClosed(1006));
  }

  #open(): void {
    const socket = this.#dial();
    const wire = { socket, isClosed: false };
    this.#phase = { type: "live", wire };
    socket.addEventListener("open", () => {
      this.#pass(() => this.dispatchEvent(new Event("open")));
    });
    socket.addEventListener("message", ({ data }) => {
      this.#pass(() =>
        this.dispatchEvent(new MessageEvent("message", { data }))
      );
    });
    socket.addEventListener("close", ({ code }) => {
      wire.isClosed = true;
      this.#pass(() => {
        this.#end();
        this.#tellClosed(code);
      });
    });
  }

  /** Now, or when the line is whole again. */
  #pass(act: (wire: Wire) => void): void {
    const phase = this.#phase;
    if (phase.type === "live") return act(phase.wire);
    if (phase.type !== "held") return;
    phase.backlog.push(() => act(phase.wire));
    if (phase.backlog.length > MOST_HELD) this.#break(phase.wire.socket);
  }

  #hold(): void {
    this.#callOffRelease();
    if (this.#phase.type !== "live") return;
    this.#phase = { type: "held", wire: this.#phase.wire, backlog: [] };
  }

  #restored(cutMs: number): void {
    if (this.#phase.type === "undialled") return this.#open();
    this.#callOffRelease = this.#after(lateness(cutMs), () => this.#release());
  }

  /** It stays held meanwhile: an answer must not overtake what was said before. */
  #release(): void {
    const phase = this.#phase;
    if (phase.type !== "held") return;
    for (let act = phase.backlog.shift(); act; act = phase.backlog.shift()) {
      act();
    }
    if (this.#phase === phase) {
      this.#phase = { type: "live", wire: phase.wire };
    }
  }

  #break(socket: Socket): void {
    this.#end();
    socket.close();
    this.#tellClosed(1006);
  }

  #end(): void {
    this.#phase = { type: "closed" };
    this.#callOffRelease();
    this.#detach();
  }

  #tellClosed(code: number): void {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

/** A constructor as the SDK wants it, of sockets over this line. */
export function webSocketOver(
  line: Line,
  after: Ports["after"],
  Native: Ports["WebSocket"],
): Ports["WebSocket"] {
  return class extends LineSocket {
    constructor(url: URL, protocol: string) {
      super(line, after, () => new Native(url, protocol));
    }
  };
}
