/** @module */
import type { SfuLink } from "./link.ts";
import type { SfuMethod, SfuParams, SfuResult } from "./methods.ts";

export type AskedLink = Pick<SfuLink, "state" | "call">;

export type AskOptions = {
  readonly deadlineMs: number;
  /** Of the room that it is about. */
  readonly epoch?: number;
};

/** What the media server answers; `null`: it is away, or does not say in time. */
export function askSfu<M extends SfuMethod>(
  link: AskedLink,
  method: M,
  params: SfuParams<M>,
  options: AskOptions,
): Promise<SfuResult<M> | null> {
  if (link.state !== "up") return Promise.resolve(null);
  return new Promise((resolve) =>
    link.call(
      method,
      params,
      options,
      (reply) => resolve(reply.ok ? reply.result : null),
    )
  );
}
