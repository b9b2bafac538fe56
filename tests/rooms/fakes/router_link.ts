import type { CallOptions, LinkReply } from "../../../sfu/link.ts";
import type { SfuMethod, SfuParams } from "../../../sfu/methods.ts";
import { FakeLink } from "./link.ts";

/** Has routers, and nothing else. */
export class RouterLink extends FakeLink {
  #routers = 0;

  override call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    super.call(method, params, options, reply);
    if (method !== "createRouter") return;
    const routerId = `R${++this.#routers}`;
    const rtpCapabilities = { codecs: [], headerExtensions: [] };
    queueMicrotask(() =>
      this.answer("createRouter", { routerId, rtpCapabilities })
    );
  }
}
