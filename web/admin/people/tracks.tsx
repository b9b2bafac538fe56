import type { Participant } from "../../../admin/client.ts";
import { sum } from "../history/measures.ts";
import { useDashboard } from "../state/use_dashboard.ts";
import { bitrateWords } from "../ui/numbers.ts";

type Props = { room: string; participant: Participant };
type Producer = Participant["producers"][number];

/** What somebody publishes. */
export function Tracks({ room, participant }: Props) {
  const dashboard = useDashboard();
  const { sessionId, identity, name, producers, consumers } = participant;
  const who = { room, sessionId, identity, name };
  return (
    <section aria-label="Tracks">
      <h3>Tracks</h3>
      {producers.length === 0 && <p class="empty">Publishes nothing.</p>}
      <ul class="track-list">
        {producers.map((producer) => (
          <li key={producer.producerId}>
            <strong>{producer.key}</strong>
            <span class="muted">{howOf(producer)}</span>
            <button
              type="button"
              class="secondary small"
              onClick={() =>
                dashboard.ask({
                  type: producer.mutedByServer ? "allow" : "mute",
                  who,
                  key: producer.key,
                })}
            >
              {producer.mutedByServer ? "Allow" : "Mute"}
              <span class="unseen">{producer.key}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="muted">Receives {consumers.length} from others.</p>
    </section>
  );
}

function howOf({ paused, mutedByServer, streams }: Producer): string {
  if (mutedByServer) return "muted by an operator";
  if (paused) return "muted by its owner";
  if (streams === null || streams.length === 0) return "no statistics";
  const bitrate = bitrateWords(sum(streams.map(({ bitrate }) => bitrate)));
  // Sizes that nobody wants are not sent, and score nothing.
  const sent = streams.filter(({ bitrate }) => bitrate > 0);
  const score = sent.length === 0
    ? 0
    : Math.min(...sent.map(({ score }) => score));
  return `${bitrate}, score ${score} of 10`;
}
