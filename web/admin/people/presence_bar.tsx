import type { RoomEvent } from "../../../admin/client.ts";
import { type Stretch, stretchesOf } from "../history/presence.ts";
import { clockWords, spanWords } from "../ui/numbers.ts";

type Props = { events: readonly RoomEvent[]; now: number };

/** A session from its beginning to now, or to its end, at one glance. */
export function PresenceBar({ events, now }: Props) {
  const stretches = stretchesOf(events, now);
  const [first] = stretches;
  const last = stretches.at(-1);
  if (first === undefined || last === undefined) return null;
  return (
    <div class="presence">
      <div class="presence-bar" role="img" aria-label={said(stretches)}>
        {stretches.map((stretch) => (
          <i
            key={stretch.from}
            data-presence={stretch.presence}
            title={said([stretch])}
            style={{ flexGrow: stretch.to - stretch.from }}
          />
        ))}
      </div>
      <p class="presence-ends">
        <time>{clockWords(first.from)}</time>
        <time>{clockWords(last.to)}</time>
      </p>
    </div>
  );
}

const said = (stretches: readonly Stretch[]): string =>
  stretches.map(({ presence, from, to }) =>
    `${presence} ${spanWords(to - from)}`
  )
    .join(", ");
