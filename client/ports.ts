import type { types } from "mediasoup-client";

/** A WebSocket, as far as it is used. */
export type Socket = Pick<WebSocket, "addEventListener" | "close" | "send">;

/** What the SDK needs of the browser, so that tests can stand in for it. */
export interface Ports {
  readonly WebSocket: new (url: URL, protocol: string) => Socket;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => number;
  readonly clearTimeout: (timer: number) => void;
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
    setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
    clearTimeout: (timer) => globalThis.clearTimeout(timer),
    page: globalThis,
    baseUrl: globalThis.location?.href,
  };
}
