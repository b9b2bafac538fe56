/**
 * What the parts of the setup share.
 *
 * @module
 */

/** The environment as the setup reads it; `Deno.env` is one. */
export type Env = { get(name: string): string | undefined };

/** Told to a person as it is, without a stack trace. */
export class SetupError extends Error {
  override name = "SetupError";
}
