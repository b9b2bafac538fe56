import type { Participant } from "../../../admin/client.ts";
import { clockWords, counted, durationWords } from "../ui/numbers.ts";

type Props = { participant: Participant; now: number };

export function Vitals({ participant, now }: Props) {
  const { identity, sessionId, joinedAt, roundTripMs, mediaState } =
    participant;
  const { tokenExpiresAt, grants, log } = participant;
  return (
    <dl class="facts">
      <Fact name="Identity" value={identity} />
      <Fact name="Session" value={sessionId} isCode />
      <Fact
        name="Joined"
        value={`${clockWords(joinedAt)}, ${durationWords(now - joinedAt)} ago`}
      />
      <Fact
        name="Round trip"
        value={roundTripMs === null
          ? "not known"
          : `${Math.round(roundTripMs)} ms`}
      />
      <Fact name="Media" value={mediaState} />
      <Fact
        name="Token"
        value={tokenExpiresAt > now
          ? `holds for ${durationWords(tokenExpiresAt - now)}`
          : "is over"}
      />
      <Fact name="May not" value={missing(grants)} />
      <Fact
        name="Unacknowledged"
        value={`${counted(log.events, "event")}, ${counted(log.bytes, "byte")}`}
      />
    </dl>
  );
}

type FactProps = { name: string; value: string; isCode?: boolean };

function Fact({ name, value, isCode = false }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{isCode ? <code>{value}</code> : value}</dd>
    </div>
  );
}

const rights = {
  join: "join",
  publish: "publish",
  subscribe: "subscribe",
  sendData: "send data",
  updateMetadata: "change its metadata",
} as const;

function missing(grants: Participant["grants"]): string {
  const { publish } = grants;
  const none = Object.entries(rights)
    .filter(([right]) => grants[right as keyof typeof rights] === false)
    .map(([_, words]) => words);
  const some = Array.isArray(publish)
    ? [`publish but ${publish.join(", ") || "nothing"}`]
    : [];
  return [...none, ...some].join(", ") || "nothing is withheld";
}
