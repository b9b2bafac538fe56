/**
 * A sidecar that several processes use, each over a link of its own. It refuses
 * calls under an epoch that is older than the newest it has seen for a router.
 */
import type { Call } from "../../../rooms/core/effect.ts";
import type { CallOptions, LinkReply, SfuLink } from "../../../sfu/link.ts";
import type { SfuEvent, SfuMethod, SfuParams } from "../../../sfu/methods.ts";
import { failure, FakeSfu } from "../core/fake_sfu.ts";

export class SharedSfu {
  readonly fake = new FakeSfu();
  /** Of each router, the newest that was shown. */
  readonly #epochs = new Map<string, number>();
  /** Calls that came under an epoch of the past. */
  refused = 0;

  /** What one process has. Once it is cut, nothing comes through any more. */
  link(): SfuLink & { cut(): void } {
    let isCut = false;
    const listeners = new Map<string, (event: SfuEvent) => void>();
    return {
      state: "up",
      cut: () => void (isCut = true),
      call: <M extends SfuMethod>(
        method: M,
        params: SfuParams<M>,
        options: CallOptions,
        reply: (reply: LinkReply<M>) => void,
      ) => {
        if (isCut) return;
        const given = this.#call(method, params, options.epoch ?? 0);
        queueMicrotask(() => isCut || reply(given as LinkReply<M>));
      },
      subscribe(routerId, listener) {
        listeners.set(routerId, listener);
        return () => listeners.delete(routerId);
      },
      onState: () => () => {},
      close() {},
    };
  }

  #call(
    method: SfuMethod,
    params: SfuParams<SfuMethod>,
    epoch: number,
  ): LinkReply<SfuMethod> {
    const routerId = "routerId" in params ? params.routerId : undefined;
    if (routerId !== undefined && epoch < (this.#epochs.get(routerId) ?? 0)) {
      this.refused += 1;
      return failure("FAILED_PRECONDITION") as LinkReply<SfuMethod>;
    }
    const call = { type: "call", call: 0, method, params } as Call;
    const { reply } = this.fake.perform(call);
    const id = reply.ok && "routerId" in reply.result
      ? reply.result.routerId
      : routerId;
    if (id !== undefined) this.#epochs.set(id, epoch);
    return reply;
  }
}
