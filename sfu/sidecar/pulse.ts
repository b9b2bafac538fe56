/**
 * Whether anything comes through a pipe, also while nothing is sent over it: both
 * ends say so to each other, over a data channel.
 *
 * @module
 */
import type { types } from "mediasoup";
import { ask } from "./failure.ts";

/** Milliseconds from one beat to the next. */
const BEAT_MS = 1_000;
/** Milliseconds without one, after which nothing comes through. */
const SILENCE_MS = 5_000;
/** That of the first data consumer of a transport, at both ends. */
const STREAM_ID = 0;
const BEAT = "beat";

export class Pulse {
  readonly #producer: types.DataProducer;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #silent: () => void;
  #heardAt = performance.now();
  #beatAt = performance.now();

  private constructor(producer: types.DataProducer, silent: () => void) {
    this.#producer = producer;
    this.#silent = silent;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  /**
   * Before anything else is sent over the transport. `silent` hears again and
   * again that nothing comes.
   *
   * @throws {RpcError}
   */
  static async start(
    router: types.Router,
    transport: types.PipeTransport,
    silent: () => void,
  ): Promise<void> {
    const direct = await ask(router, () => router.createDirectTransport());
    transport.observer.on("close", () => direct.close());
    if (transport.closed) direct.close();
    const [own, other] = await Promise.all([
      ask(direct, () => direct.produceData({ label: BEAT })),
      ask(transport, () =>
        transport.produceData({
          label: BEAT,
          sctpStreamParameters: { streamId: STREAM_ID, ordered: true },
        })),
    ]);
    const [heard] = await Promise.all([
      ask(direct, () => direct.consumeData({ dataProducerId: other.id })),
      ask(transport, () => transport.consumeData({ dataProducerId: own.id })),
    ]);
    const pulse = new Pulse(own, silent);
    heard.on("message", () => pulse.#heardAt = performance.now());
    own.observer.on("close", () => clearInterval(pulse.#timer));
    if (own.closed) clearInterval(pulse.#timer);
  }

  /** Whoever could not listen has heard nothing, which says nothing. */
  #beat(): void {
    const now = performance.now();
    if (now - this.#beatAt > 2 * BEAT_MS) this.#heardAt = now;
    this.#beatAt = now;
    this.#producer.send(BEAT);
    if (now - this.#heardAt < SILENCE_MS) return;
    this.#heardAt = now;
    this.#silent();
  }
}
