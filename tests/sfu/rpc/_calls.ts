import type { CallOptions, LinkReply, SfuLink } from "../../../sfu/link.ts";
import type { SfuMethod, SfuParams } from "../../../sfu/methods.ts";

/** A call as a promise, for tests that do not look at the order of callbacks. */
export function call<M extends SfuMethod>(
  link: SfuLink,
  method: M,
  params: SfuParams<M>,
  options: CallOptions = {},
): Promise<LinkReply<M>> {
  return new Promise((resolve) => link.call(method, params, options, resolve));
}

export function statusOf(reply: LinkReply<SfuMethod>): string {
  return reply.ok ? "OK" : reply.status;
}
