/**
 * A pair of pipe transports between two parts of a room, and what it carries.
 *
 * @module
 */
import type { LinkReply } from "../link.ts";
import type { SfuMethod, SfuResult } from "../methods.ts";
import { isRetryable } from "../rpc/status.ts";
import type { Part } from "./part.ts";

export type Failure = Extract<LinkReply<SfuMethod>, { ok: false }>;
export type Published = "producer" | "dataProducer";
export type Flow = "flowing" | "paused" | "closed";

/** `opening`: it is not there yet, and may be wanted otherwise by then. */
type Carried =
  & { readonly to: Part; readonly what: Published }
  & (
    | {
      readonly state: "opening";
      readonly done: Promise<Failure | undefined>;
      wanted: Flow | undefined;
    }
    | { readonly state: "open" }
  );

const closing = {
  producer: "closeProducer",
  dataProducer: "closeDataProducer",
} as const;

export class Pipe {
  readonly id: string;
  readonly ends: readonly [Part, Part];
  readonly #routerId: string;
  readonly #carried = new Map<string, Carried>();

  constructor(routerId: string, id: string, ends: readonly [Part, Part]) {
    this.#routerId = routerId;
    this.id = id;
    this.ends = ends;
  }

  /** Resolves with why it cannot be; then nothing is left of it. */
  async open(): Promise<Failure | undefined> {
    const failure = await this.#open();
    if (failure) this.close();
    return failure;
  }

  /** At both ends, as far as they are there. */
  close(): void {
    this.#carried.clear();
    for (const end of this.ends) closeEnd(this.#routerId, this.id, end);
  }

  joins(one: Part, other: Part): boolean {
    return this.ends.includes(one) && this.ends.includes(other);
  }

  /** Takes over what comes in at an end; `isThere`: it is sent at the other. */
  take(
    to: Part,
    what: Published,
    ids: readonly string[],
    isThere: (id: string) => boolean,
  ): void {
    for (const id of ids) {
      this.#carried.set(id, { state: "open", to, what });
      this.follow(id, isThere(id) ? "flowing" : "closed");
    }
  }

  /** Resolves when it can be consumed at the other end, or with why it cannot. */
  carry(
    what: Published,
    id: string,
    from: Part,
  ): Promise<Failure | undefined> {
    const carried = this.#carried.get(id);
    if (carried?.state === "open") return Promise.resolve(undefined);
    if (carried) return carried.done;
    const to = this.ends[0] === from ? this.ends[1] : this.ends[0];
    const done = what === "producer"
      ? this.#carry(id, from, to)
      : this.#carryData(id, from, to);
    const opening: Carried = {
      state: "opening",
      to,
      what,
      wanted: undefined,
      done: done.then((failure) => this.#settle(id, opening, failure)),
    };
    this.#carried.set(id, opening);
    return opening.done;
  }

  /** What has become of a producer goes for what it is at the other end. */
  follow(id: string, flow: Flow): void {
    const carried = this.#carried.get(id);
    if (carried === undefined) return;
    if (carried.state === "opening") {
      carried.wanted = flow;
      return;
    }
    if (flow === "closed") this.#carried.delete(id);
    this.#tell(id, carried, flow);
  }

  #tell(id: string, { to, what }: Carried, flow: Flow): void {
    const routerId = this.#routerId;
    if (what === "dataProducer") {
      if (flow !== "closed") return;
      const params = { routerId, dataProducerId: id };
      return to.errands.add(id, { method: closing[what], params });
    }
    const params = { routerId, producerId: id };
    const method = flow === "closed"
      ? closing[what]
      : flow === "paused"
      ? "pauseProducer"
      : "resumeProducer";
    to.errands.add(id, { method, params });
  }

  #settle(
    id: string,
    opening: Carried,
    failure: Failure | undefined,
  ): Failure | undefined {
    if (this.#carried.get(id) !== opening) return failure ?? gone;
    const { to, what } = opening;
    if (failure) {
      this.#carried.delete(id);
      // It may have been made all the same.
      if (isRetryable(failure.status)) this.#tell(id, opening, "closed");
      return failure;
    }
    to.errands.drop(id);
    this.#carried.set(id, { state: "open", to, what });
    const wanted = opening.state === "opening" ? opening.wanted : undefined;
    if (wanted !== undefined) this.follow(id, wanted);
    return wanted === "closed" ? gone : undefined;
  }

  async #carry(
    producerId: string,
    from: Part,
    to: Part,
  ): Promise<Failure | undefined> {
    const params = { routerId: this.#routerId, pipeId: this.id, producerId };
    const sent = await from.ask("pipeProducer", params);
    if (!sent.ok) return sent;
    const { result } = sent;
    return failed(await to.ask("producePiped", { ...params, ...result }));
  }

  async #carryData(
    dataProducerId: string,
    from: Part,
    to: Part,
  ): Promise<Failure | undefined> {
    const routerId = this.#routerId;
    const params = { routerId, pipeId: this.id, dataProducerId };
    const sent = await from.ask("pipeDataProducer", params);
    if (!sent.ok) return sent;
    const { result } = sent;
    return failed(await to.ask("produceDataPiped", { ...params, ...result }));
  }

  async #open(): Promise<Failure | undefined> {
    const params = { routerId: this.#routerId, pipeId: this.id };
    const [one, other] = this.ends;
    const [here, there] = await Promise.all([
      one.ask("createPipeTransport", params),
      other.ask("createPipeTransport", params),
    ]);
    if (!here.ok) return here;
    if (!there.ok) return there;
    const connect = (part: Part, remote: SfuResult<"createPipeTransport">) =>
      part.ask("connectPipeTransport", { ...params, remote });
    const connected = await Promise.all([
      connect(one, there.result),
      connect(other, here.result),
    ]);
    return connected.map(failed).find((failure) => failure !== undefined);
  }
}

export function closeEnd(
  routerId: string,
  pipeId: string,
  { errands }: Part,
): void {
  const params = { routerId, pipeId };
  errands.add(pipeId, { method: "closePipeTransport", params });
}

const failed = (reply: LinkReply<SfuMethod>): Failure | undefined =>
  reply.ok ? undefined : reply;

const gone: Failure = {
  ok: false,
  status: "NOT_FOUND",
  message: "it was closed in the meantime",
};
