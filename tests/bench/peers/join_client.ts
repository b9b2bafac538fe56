/**
 * Joins rooms over a bare WebSocket, as cheaply for one server as for the
 * other: what is measured is the server.
 *
 * @module
 */
import { WebSocket } from "ws";

/** How a client of one server comes to be in a room. */
export type Dialect = {
  readonly protocol: string;
  /** What it says first. */
  readonly opening: string;
  /** What it says to a frame, or that it is in, capabilities in hand. */
  readonly answer: (frame: unknown) => Answer;
};

/** A frame to send back, nothing, or how it ended. */
export type Answer = string | undefined | typeof JOINED | typeof REFUSED;

export const JOINED: unique symbol = Symbol("joined");
export const REFUSED: unique symbol = Symbol("refused");

export type Guest = { readonly url: string; readonly dialect: Dialect };

const DEADLINE_MS = 30_000;

/**
 * Lets all guests in at the same moment, and out when the last one is in.
 *
 * @returns milliseconds that each took, from before its socket was opened.
 */
export async function timeJoins(guests: readonly Guest[]): Promise<number[]> {
  const visits = guests.map((guest) => new Visit(guest));
  try {
    return await Promise.all(visits.map(({ joined }) => joined));
  } finally {
    await Promise.all(visits.map((visit) => visit.end()));
  }
}

class Visit {
  readonly joined: Promise<number>;
  readonly #socket: WebSocket;

  constructor({ url, dialect }: Guest) {
    const start = performance.now();
    const socket = new WebSocket(url, dialect.protocol, {
      perMessageDeflate: false,
      handshakeTimeout: DEADLINE_MS,
    });
    this.#socket = socket;
    this.joined = new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(deadline);
        act();
      };
      const fail = (reason: string) => settle(() => reject(new Error(reason)));
      const deadline = setTimeout(
        () => fail(`not joined in ${DEADLINE_MS} ms`),
        DEADLINE_MS,
      );
      socket.on("error", ({ message }) => fail(message));
      socket.on("close", (code) => fail(`closed with ${code}`));
      socket.on("open", () => socket.send(dialect.opening));
      socket.on("message", (data) => {
        const reply = dialect.answer(JSON.parse(String(data)));
        if (reply === JOINED) settle(() => resolve(performance.now() - start));
        else if (reply === REFUSED) fail(`refused: ${data}`);
        else if (reply !== undefined) socket.send(reply);
      });
    });
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.readyState === WebSocket.CLOSED) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.close(1000);
    });
  }
}
