/**
 * Tracks that an operator has muted (OP4): while it stands, their owner cannot
 * unmute them.
 *
 * @module
 */
import { type AdminOutcome, done, refused } from "../admin/command.ts";
import { announce, who } from "../announce.ts";
import { tell } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { pauseInSfu } from "./closing.ts";
import { isHeld, noteMuted } from "./muting.ts";
import { mediaOf } from "./owned.ts";
import { showPaused } from "./producers.ts";
import { byKey } from "./publishing.ts";

/** Of a session: more than it could publish at a time. */
const MAX_HELD = 1_000;

type Asked = { readonly key: string; readonly muted: boolean };

export function setMuted(
  step: Step,
  session: JoinedSession,
  { key, muted }: Asked,
): AdminOutcome {
  if (isHeld(session, key) === muted) return done;
  return muted ? hold(step, session, key) : release(step, session, key);
}

function hold(step: Step, session: JoinedSession, key: string): AdminOutcome {
  const published = byKey(session, "producers", key);
  if (!published) return refused("noSuchTrack");
  const media = mediaOf(session);
  media.held ??= new Set();
  if (media.held.size >= MAX_HELD) {
    return refused("tooMany", `${MAX_HELD} mutes`);
  }
  media.held.add(key);
  noteMuted(step.state, session, key, true);
  tellHeld(step, session, key, true);
  showPaused(step, session, published.thing.info, true);
  pauseInSfu(step, published.id);
  return done;
}

/** The track stays muted: whether it is to be heard again is for its owner to say. */
function release(
  step: Step,
  session: JoinedSession,
  key: string,
): AdminOutcome {
  session.media?.held?.delete(key);
  tellHeld(step, session, key, false);
  return done;
}

function tellHeld(
  step: Step,
  session: JoinedSession,
  key: string,
  muted: boolean,
): void {
  tell(step, session, "mutedByServer", { key, muted });
  announce(step, {
    type: "trackMutedByServer",
    ...who(session),
    key,
    muted,
  });
}
