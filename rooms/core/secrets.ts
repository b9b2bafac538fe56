/**
 * Who may resume a session: whoever shows its secret. The room keeps hashes.
 *
 * @module
 */
import type { Policy } from "../../protocol/mod.ts";
import { type Refusal, refusal } from "./answer.ts";
import { type Budget, spend, waitFor } from "./budget.ts";
import type { SecretHash } from "./input.ts";

export type Credentials = {
  /** The client is known to have it. */
  proven: SecretHash;
  /** Given with answers to resumes, any of which may have been lost (RS5). */
  handed: readonly SecretHash[];
  /** Secrets that were wrong. */
  wrong: Budget | null;
  /** The newest of the client's resumes. */
  attempt: number;
};

/** As much of a step as this takes. */
type Moment = {
  readonly state: { readonly policy: Policy };
  readonly now: number;
};

const WRONG_WINDOW_MS = 60_000;
/** Answers in a row of which it is not known whether they came. */
const MAX_HANDED = 4;

export const createCredentials = (proven: SecretHash): Credentials => ({
  proven,
  handed: [],
  wrong: null,
  attempt: 0,
});

/**
 * Why the secret is none of the session's. The right one is let in however many
 * were wrong: it cannot be guessed, and else whoever knows the id of a session
 * could lock its owner out. `guessWaitMs`: there were too many from where it
 * comes.
 */
export function checkSecret(
  { state: { policy }, now }: Moment,
  credentials: Credentials,
  shown: SecretHash,
  guessWaitMs: number = 0,
): Refusal | undefined {
  const { proven, handed } = credentials;
  if ([proven, ...handed].filter((hash) => isSame(shown, hash)).length) return;
  const limit = { max: policy.maxWrongSecrets, windowMs: WRONG_WINDOW_MS };
  const wait = waitFor(credentials.wrong, limit, now);
  const retryAfterMs = Math.max(wait, guessWaitMs);
  if (retryAfterMs > 0) {
    const detail = "wrong secrets";
    return { type: "refusal", error: "tooManyRequests", detail, retryAfterMs };
  }
  credentials.wrong = spend(credentials.wrong, limit, now);
  return refusal("secretInvalid");
}

/** Notes which secret a resume has shown, and which one its answer gives. */
export function rotate(
  credentials: Credentials,
  shown: SecretHash,
  next: SecretHash,
): void {
  const others = credentials.handed.filter((hash) => hash !== shown);
  credentials.proven = shown;
  credentials.handed = [...others, next].slice(-MAX_HANDED);
}

/** The client has spoken after the answer, and so has the secret in it. */
export function prove(credentials: Credentials): void {
  const last = credentials.handed.at(-1);
  if (last === undefined) return;
  credentials.proven = last;
  credentials.handed = [];
}

/** Takes the same time wherever two of one length differ. */
function isSame(a: SecretHash, b: SecretHash): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  }
  return difference === 0;
}
