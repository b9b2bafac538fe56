import type { Ports } from "../ports.ts";
import type { NetworkHint } from "../signaling/io.ts";

export interface NetworkListener {
  hint(hint: NetworkHint): void;
  /** For good. A page that the browser keeps to come back to is not gone. */
  pageGone(): void;
}

type Watched = readonly [
  target: EventTarget | undefined,
  event: string,
  hear: (event: Event) => void,
];

/** Hears what the browser knows of the network and the page; returns its end. */
export function watchNetwork(
  { page, document, network }: Pick<Ports, "page" | "document" | "network">,
  listener: NetworkListener,
): () => void {
  const hint = (hint: NetworkHint) => () => listener.hint(hint);
  const isKept = (event: Event) =>
    "persisted" in event && event.persisted === true;
  let kind = kindOf(network);
  const watched: Watched[] = [
    [page, "offline", hint("offline")],
    [page, "online", hint("online")],
    [page, "pagehide", (event) => {
      if (!isKept(event)) listener.pageGone();
    }],
    [page, "pageshow", (event) => {
      if (isKept(event)) listener.hint("thawed");
    }],
    [document, "resume", hint("thawed")],
    [document, "visibilitychange", () => {
      if (document?.visibilityState === "visible") listener.hint("visible");
    }],
    // Where the kind is not told, it is of new estimates of the speed only.
    [network, "change", () => {
      const old = kind;
      kind = kindOf(network);
      if (kind !== old) listener.hint("networkChanged");
    }],
  ];
  for (const [target, event, hear] of watched) {
    target?.addEventListener(event, hear);
  }
  return () => {
    for (const [target, event, hear] of watched) {
      target?.removeEventListener(event, hear);
    }
  };
}

/** Such as wifi or cellular, where the browser says so. */
function kindOf(network: EventTarget | undefined): unknown {
  return network && "type" in network ? network.type : undefined;
}
