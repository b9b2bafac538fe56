/**
 * Reads what was kept of a room, which may be of another version, cut off or
 * rotten.
 *
 * @module
 */
import { describe } from "../../../protocol/mod.ts";
import { Snapshot } from "./schema.ts";

export type Decoded =
  | { readonly ok: true; readonly snapshot: Snapshot }
  /** In words, and without what was in it. */
  | { readonly ok: false; readonly reason: string };

const Text = new TextDecoder("utf-8", { fatal: true });

export function decode(bytes: Uint8Array): Decoded {
  const read = parse(bytes);
  if (read === undefined) return broken("it is no JSON");
  const parsed = Snapshot.safeParse(read);
  if (!parsed.success) return broken(describe(parsed.error));
  const problem = inconsistency(parsed.data);
  return problem === undefined
    ? { ok: true, snapshot: parsed.data }
    : broken(problem);
}

const broken = (reason: string): Decoded => ({ ok: false, reason });

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Text.decode(bytes));
  } catch {
    return undefined;
  }
}

/** What no schema sees, and a room would stumble over later. */
function inconsistency(
  { sessions, bodies, capabilities, router }: Snapshot,
): string | undefined {
  for (const { id, media, log, seq } of sessions) {
    if (router === null) return "sessions without a router";
    if (log.length > seq) return `session ${id} has more events than numbers`;
    if (log.some((place) => place >= bodies.length)) {
      return `session ${id} has an event that is missing`;
    }
    for (const { capabilities: place = 0 } of media?.transports ?? []) {
      if (place > 0 && place >= capabilities.length) {
        return `session ${id} has capabilities that are missing`;
      }
    }
  }
}
