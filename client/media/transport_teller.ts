import type { MediaHost } from "./host.ts";
import type { Direction } from "./recovery/io.ts";
import type { Reading } from "./recovery/stats.ts";

/** Tells of the states of ICE and DTLS, whenever they change. */
export class TransportTeller {
  readonly #host: MediaHost;
  readonly #told = new Map<Direction, string>();

  constructor(host: MediaHost) {
    this.#host = host;
  }

  tell(direction: Direction, { ice, dtls }: Reading): void {
    if (ice === undefined || dtls === undefined) return;
    const told = `${ice} ${dtls}`;
    if (this.#told.get(direction) === told) return;
    this.#told.set(direction, told);
    this.#host.diagnostic({ about: "transport", direction, ice, dtls });
  }
}
