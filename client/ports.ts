import type { types } from "mediasoup-client";

/** What the SDK needs of the browser, so that tests can stand in for it. */
export interface Ports {
  readonly WebSocket: typeof WebSocket;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => number;
  readonly clearTimeout: (timer: number) => void;
  /** Fires `pagehide`. */
  readonly page: EventTarget;
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
  };
}
