import type { types } from "mediasoup-client";
import { clockThatCountsSleep } from "./browser/clock.ts";
import { openTimers } from "./browser/timers.ts";

/** A WebSocket, as far as it is used. */
export type Socket = Pick<WebSocket, "addEventListener" | "close" | "send">;

/** The page's document, as far as it is used. */
export type PageDocument = EventTarget & Pick<Document, "visibilityState">;

/** What the SDK needs of the browser, so that tests can stand in for it. */
export interface Ports {
  readonly WebSocket: new (url: URL, protocol: string) => Socket;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Calls back after so many milliseconds; what it returns calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Fires `pagehide`, `pageshow`, `online` and `offline`. */
  readonly page: EventTarget;
  /** Fires `visibilitychange` and `resume`; a worker has none. */
  readonly document: PageDocument | undefined;
  /** Fires `change`; few browsers have one. */
  readonly network: EventTarget | undefined;
  /** Sends on the way out, when nobody waits for an answer any more. */
  readonly sendBeacon: (url: URL, body: string) => void;
  /** Where relative URLs start from. */
  readonly baseUrl: string | undefined;
  /** With nothing in it. */
  readonly newStream: () => MediaStream;
  /** Instead of the one for this browser. */
  readonly handlerFactory?: types.HandlerFactory;
  /** Lets go of what the ports hold. Timers that are set still ring. */
  readonly close: () => void;
}

/** For one room. */
export function browserPorts(): Ports {
  const { navigator } = globalThis;
  const timers = openTimers();
  return {
    WebSocket: globalThis.WebSocket,
    now: clockThatCountsSleep(() => performance.now(), Date.now),
    wallClock: Date.now,
    random: Math.random,
    after: timers.after,
    page: globalThis,
    document: globalThis.document,
    network: "connection" in navigator &&
        navigator.connection instanceof EventTarget
      ? navigator.connection
      : undefined,
    sendBeacon: (url, body) => void navigator.sendBeacon(url, body),
    baseUrl: globalThis.location?.href,
    newStream: () => new MediaStream(),
    close: timers.close,
  };
}
