/**
 * A router with parts in several sidecars: what is received in one of them and
 * sent in another goes through a pair of pipe transports.
 *
 * @module
 */
import type { types } from "mediasoup";
import type { SfuParams, SfuResult } from "../methods.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { exact } from "./exact.ts";
import { ask } from "./failure.ts";
import { Pulse } from "./pulse.ts";
import { find, type RouterEntry } from "./router_entry.ts";

/** How the pipe transports of this sidecar are reached by others. */
export type PipeOptions = {
  readonly ip: string;
  readonly announcedAddress?: string | undefined;
  /** UDP; mediasoup's own choice if absent. */
  readonly ports?: types.TransportPortRange | undefined;
  readonly srtp: boolean;
};

export type PipeAddress = SfuResult<"createPipeTransport">;

/** This sidecar's end of a pipe. */
export class PipeEnd {
  readonly id: string;
  readonly transport: types.PipeTransport;
  #connecting: Promise<void> | undefined;
  /** What is sent over it. */
  readonly #producers = new Map<string, Promise<types.Consumer>>();
  readonly #dataProducers = new Map<string, Promise<types.DataConsumer>>();

  constructor(id: string, transport: types.PipeTransport) {
    this.id = id;
    this.transport = transport;
  }

  get address(): PipeAddress {
    const { tuple, srtpParameters } = this.transport;
    return {
      ip: tuple.localAddress,
      port: tuple.localPort,
      ...(srtpParameters && { srtpParameters }),
    };
  }

  /**
   * `silent` hears when nothing comes through any more.
   *
   * @throws {RpcError} `UNAVAILABLE` when nothing ever does.
   */
  connect(
    router: types.Router,
    remote: PipeAddress,
    silent: () => void,
  ): Promise<void> {
    return this.#connecting ??= connect(
      router,
      this.transport,
      remote,
      silent,
    );
  }

  /** @throws {RpcError} */
  send(producerId: string): Promise<types.Consumer> {
    return once(
      this.#producers,
      producerId,
      () => ask(this.transport, () => this.transport.consume({ producerId })),
    );
  }

  /** @throws {RpcError} */
  sendData(dataProducerId: string): Promise<types.DataConsumer> {
    return once(
      this.#dataProducers,
      dataProducerId,
      () =>
        ask(
          this.transport,
          () => this.transport.consumeData({ dataProducerId }),
        ),
    );
  }
}

/** Milliseconds until something must have come through. */
const CONNECT_LIMIT_MS = 1_500;

/** @throws {RpcError} */
export async function openEnd(
  { router }: RouterEntry,
  id: string,
  { ip, announcedAddress, ports, srtp }: PipeOptions,
): Promise<PipeEnd> {
  const listenInfo: types.TransportListenInfo = {
    protocol: "udp",
    ip,
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(ports && { portRange: ports }),
  };
  const transport = await ask(router, () =>
    router.createPipeTransport({
      listenInfo,
      enableSctp: true,
      enableRtx: true,
      enableSrtp: srtp,
    }));
  return new PipeEnd(id, transport);
}

/** The end of this id. @throws {RpcError} `NOT_FOUND` */
export const endOf = (
  entry: RouterEntry,
  { pipeId }: Pick<SfuParams<"closePipeTransport">, "pipeId">,
): PipeEnd => find(entry.pipeEnds, "pipe", pipeId);

/** A pipe says nothing of itself; but where SCTP shakes hands, all comes through. */
async function connect(
  router: types.Router,
  transport: types.PipeTransport,
  { ip, port, srtpParameters }: PipeAddress,
  silent: () => void,
): Promise<void> {
  const remote = { ip, port, ...(srtpParameters && { srtpParameters }) };
  await ask(transport, () => transport.connect(exact(remote)));
  const isThrough = through(transport);
  await Pulse.start(router, transport, silent);
  if (await isThrough) return;
  const message = `nothing comes through from ${ip}:${port}`;
  throw new RpcError("UNAVAILABLE", message);
}

function through(transport: types.PipeTransport): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), CONNECT_LIMIT_MS);
  const look = () => {
    if (transport.sctpState === "connected") resolve(true);
  };
  const closed = () => resolve(false);
  transport.on("sctpstatechange", look);
  transport.observer.on("close", closed);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    transport.off("sctpstatechange", look);
    transport.observer.off("close", closed);
  });
}

/** A second wish for the same finds the first; one that has failed is made anew. */
function once<T extends { readonly observer: Observed }>(
  held: Map<string, Promise<T>>,
  id: string,
  make: () => Promise<T>,
): Promise<T> {
  const forget = () => held.delete(id);
  const making = held.get(id) ?? make();
  if (held.get(id) !== making) {
    held.set(id, making);
    making.then(({ observer }) => observer.on("close", forget), forget);
  }
  return making;
}

type Observed = { on(event: "close", listener: () => void): unknown };
