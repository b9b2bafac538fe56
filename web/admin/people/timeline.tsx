import type { RoomEvent } from "../../../admin/client.ts";
import { recoveryOf } from "../history/events.ts";
import { clockWords, spanWords } from "../ui/numbers.ts";
import { PresenceBar } from "./presence_bar.tsx";
import { eventWords } from "./event_words.ts";

type Props = { events: readonly RoomEvent[]; now: number };

/** What became of a participant, the newest first. */
export function Timeline({ events, now }: Props) {
  return (
    <section aria-label="Timeline">
      <h3>Timeline</h3>
      <PresenceBar events={events} now={now} />
      {events.length === 0 && (
        <p class="empty">Nothing is kept of this session.</p>
      )}
      <ol class="events">
        {[...events].reverse().map((event) => (
          <Entry key={event.id} event={event} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ event }: { event: RoomEvent }) {
  const { title, detail, tone } = eventWords(event);
  return (
    <li data-tone={tone}>
      <time dateTime={new Date(event.at).toISOString()}>
        {clockWords(event.at)}
      </time>
      <div>
        <strong>{title}</strong>
        {detail && <span class="muted">{detail}</span>}
        <Steps event={event} />
      </div>
    </li>
  );
}

/** What the client has done to come back. */
function Steps({ event }: { event: RoomEvent }) {
  const steps = recoveryOf(event)?.report?.steps ?? [];
  if (steps.length === 0) return null;
  return (
    <details>
      <summary>{steps.length} steps</summary>
      <ol class="steps">
        {steps.map(({ atMs, step, detail }, index) => (
          <li key={index}>
            <span class="number">{spanWords(atMs)}</span> {step}
            {detail && <span class="muted">{detail}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}
