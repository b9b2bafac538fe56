import { useEffect } from "preact/hooks";
import type { Connection } from "../connection/connection.ts";
import { usePage } from "../state/use_page.ts";
import { CheckIcon } from "../ui/icons.tsx";
import { useNow } from "../ui/use_now.ts";
import { useOnline } from "../ui/use_online.ts";
import { type OutageWords, outageWords } from "../words/outage_words.ts";

/** How long "You're back" stays. */
const BACK_MS = 3_000;
/** Often enough for a countdown to be right. */
const COUNT_MS = 250;

/** What is being done about one's own trouble, above everything else. */
export function OutageBanner({ connection }: { connection: Connection }) {
  const { outage } = connection;
  switch (outage.at) {
    case "none":
      return null;
    case "out":
      return <Out connection={connection} />;
    case "back":
      return <Back since={outage.since} />;
  }
}

function Out({ connection }: { connection: Connection }) {
  const words = outageWords(connection, useNow(COUNT_MS), useOnline());
  return words === undefined ? null : <Banner words={words} />;
}

function Banner({ words: { title, text, place } }: { words: OutageWords }) {
  const page = usePage();
  return (
    <section class="outage" data-tone="out" aria-label="Your connection">
      <span class="spinner" aria-hidden="true" />
      {/* Only the title is read out by itself: the rest counts the seconds. */}
      <strong role="alert">{title}</strong>
      <p class="outage-doing">
        {text} {place}
      </p>
      <button type="button" class="secondary" onClick={() => page.retryNow()}>
        Try now
      </button>
    </section>
  );
}

function Back({ since }: { since: number }) {
  const page = usePage();
  useEffect(() => {
    const timer = setTimeout(() => page.backSeen(), BACK_MS);
    return () => clearTimeout(timer);
  }, [since]);
  return (
    <section class="outage" data-tone="back" aria-label="Your connection">
      <CheckIcon />
      <strong role="status">You’re back</strong>
    </section>
  );
}
