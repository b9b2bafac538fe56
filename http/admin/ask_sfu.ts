/** @module */
import type { SfuLink } from "../../sfu/link.ts";
import type { SfuMethod, SfuParams, SfuResult } from "../../sfu/methods.ts";

export type AskedLink = Pick<SfuLink, "state" | "call">;

/** Who looks must not wait for long, and slow nobody down. */
const DEADLINE_MS = 2_000;

/** What the media server answers; `null`: it is away, or does not say in time. */
export function askSfu<M extends SfuMethod>(
  link: AskedLink,
  method: M,
  params: SfuParams<M>,
  epoch?: number,
): Promise<SfuResult<M> | null> {
  if (link.state !== "up") return Promise.resolve(null);
  const options = {
    deadlineMs: DEADLINE_MS,
    ...(epoch !== undefined && { epoch }),
  };
  return new Promise((resolve) =>
    link.call(
      method,
      params,
      options,
      (reply) => resolve(reply.ok ? reply.result : null),
    )
  );
}
