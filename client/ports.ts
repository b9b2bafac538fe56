import type { types } from "mediasoup-client";

/** A WebSocket, as far as it is used. */
export type Socket = Pick<WebSocket, "addEventListener" | "close" | "send">;

/** What the SDK needs of the browser, so that tests can stand in for it. */
export interface Ports {
  readonly WebSocket: new (url: URL, protocol: string) => Socket;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  /** Calls back after so many milliseconds; what it returns calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Fires `pagehide`. */
  readonly page: EventTarget;
  /** Where relative URLs start from. */
  readonly baseUrl: string | undefined;
  /** Instead of the one for this browser. */
  readonly handlerFactory?: types.HandlerFactory;
}

export function browserPorts(): Ports {
  return {
    WebSocket: globalThis.WebSocket,
    now: () => performance.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    page: globalThis,
    baseUrl: globalThis.location?.href,
  };
}
