import type * as api from "../api/publications.ts";
import type { OutgoingChannel } from "../media/outgoing_channel.ts";
import { inBackground, type RoomContext } from "./context.ts";

export class LocalDataPublication implements api.LocalDataPublication {
  readonly key: string;
  readonly label: string;
  readonly protocol: string;
  readonly appData: unknown;
  readonly #context: RoomContext;
  readonly #outgoing: OutgoingChannel;
  readonly #forget: () => void;

  constructor(
    context: RoomContext,
    outgoing: OutgoingChannel,
    forget: () => void,
  ) {
    const { offer } = outgoing;
    this.#context = context;
    this.key = offer.key;
    this.label = offer.label;
    this.protocol = offer.protocol;
    this.appData = offer.appData;
    this.#outgoing = outgoing;
    this.#forget = forget;
    outgoing.onFailed = (error) => {
      this.#context.events.emit("exception", error);
      this.closed();
    };
  }

  get producerId(): string {
    return this.#outgoing.producerId;
  }

  get bufferedAmount(): number {
    return this.#outgoing.bufferedAmount;
  }

  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void {
    this.#outgoing.send(data);
  }

  async close(): Promise<void> {
    if (this.#outgoing.isClosed) return;
    this.closed();
    await inBackground(this.#context, this.#outgoing.release());
  }

  /** At the service it is gone already. */
  closed(): void {
    this.#outgoing.close();
    this.#forget();
  }

  /** The room is over. */
  roomClosed(): void {
    this.#outgoing.close();
  }
}
