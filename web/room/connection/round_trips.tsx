import { durationWords } from "../words/connection_words.ts";
import { type Frame, sparkline } from "./chart.ts";
import type { RoundTrip } from "./history.ts";

const HEIGHT = 28;

/** How long the service takes to answer, as a line. */
export function RoundTrips(
  { roundTrips, frame }: { roundTrips: readonly RoundTrip[]; frame: Frame },
) {
  const { path, most } = sparkline(roundTrips, frame, HEIGHT - 2);
  return (
    <div class="round-trips" aria-hidden="true">
      <p class="most">{path === "" ? "" : durationWords(most)}</p>
      <svg height={HEIGHT} width={frame.width}>
        <path class="round-trip-line" d={path} transform="translate(0 1)" />
      </svg>
    </div>
  );
}
