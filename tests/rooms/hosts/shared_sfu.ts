/**
 * A sidecar that several processes use, each over a link of its own. It refuses
 * calls under an epoch that is older than the newest it has seen for a router.
 */
import type { Call } from "../../../rooms/core/effect.ts";
import type { CallOptions, LinkReply, SfuLink } from "../../../sfu/link.ts";
import type { SfuEvent, SfuMethod, SfuParams } from "../../../sfu/methods.ts";
import { failure, FakeSfu } from "../core/fake_sfu.ts";

type Listener = (event: SfuEvent) => void;

export class SharedSfu {
  readonly fake = new FakeSfu();
  /** Of each router, the newest that was shown. */
  readonly #epochs = new Map<string, number>();
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Calls that came under an epoch of the past. */
  refused = 0;

  /** What one process has. Once it is cut, nothing comes through any more. */
  link(): SfuLink & { cut(): void } {
    let isCut = false;
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
      subscribe: (routerId, listener) => {
        const listeners = this.#listeners.get(routerId) ?? new Set();
        this.#listeners.set(routerId, listeners.add(listener));
        return () => listeners.delete(listener);
      },
      onState: () => () => {},
      close() {},
    };
  }

  /** Those who hear of a router, in the order in which they have had it. */
  owners(routerId: string): readonly Listener[] {
    return [...this.#listeners.get(routerId) ?? []];
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
