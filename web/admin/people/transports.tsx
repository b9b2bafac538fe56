import type { Participant } from "../../../admin/client.ts";
import { bitrateWords } from "../ui/numbers.ts";

type Transport = Participant["transports"][number];

const TONES: Record<string, string> = {
  connected: "good",
  completed: "good",
  new: "idle",
  connecting: "doubtful",
  closed: "idle",
};
const toneOf = (state: string) => TONES[state] ?? "bad";

export function Transports(
  { transports }: { transports: readonly Transport[] },
) {
  if (transports.length === 0) return null;
  return (
    <section aria-label="Transports">
      <h3>Transports</h3>
      <ul class="transport-list">
        {transports.map((transport) => (
          <li key={transport.transportId}>
            <strong>
              {transport.direction === "send" ? "Sends" : "Receives"}
            </strong>
            <span class="pill" data-tone={toneOf(transport.ice)}>
              ICE {transport.ice}
            </span>
            <span class="pill" data-tone={toneOf(transport.dtls)}>
              DTLS {transport.dtls}
            </span>
            <span class="muted">{flowOf(transport)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The client's sending is what the media server receives. */
function flowOf({ direction, stats }: Transport): string {
  if (stats === null) return "no statistics";
  const { sendBitrate, receiveBitrate, selected } = stats;
  const bitrate = direction === "send" ? receiveBitrate : sendBitrate;
  const over = selected === undefined ? "" : ` over ${selected.protocol}`;
  return `${bitrateWords(bitrate)}${over}`;
}
