import { Logo } from "../../room/ui/icons.tsx";
import type { SignedIn } from "../state/state.ts";
import { useDashboard } from "../state/use_dashboard.ts";
import { hashOf } from "../state/view.ts";

const lines = {
  connecting: { tone: "idle", text: "Connecting" },
  live: { tone: "good", text: "Live" },
  away: { tone: "bad", text: "Out of touch" },
} as const;

const states = {
  open: { tone: "good", text: "Takes rooms" },
  draining: { tone: "doubtful", text: "Draining" },
  closing: { tone: "bad", text: "Closing" },
} as const;

export function Header({ state: { line, status } }: { state: SignedIn }) {
  const dashboard = useDashboard();
  return (
    <header class="top">
      <a class="brand" href={hashOf({ at: "service" })}>
        <Logo />
        <span>Holdfast</span>
      </a>
      <p class="lights">
        <Light {...lines[line]} />
        {status && <Light {...states[status.state]} />}
        {status && <Light {...sfuLight(status.sfu.state)} />}
      </p>
      <div class="top-actions">
        {status?.state === "open" && (
          <button
            type="button"
            class="secondary"
            onClick={() => dashboard.ask({ type: "drain" })}
          >
            Drain
          </button>
        )}
        {status?.state === "draining" && (
          <button
            type="button"
            class="secondary"
            onClick={() => dashboard.ask({ type: "undrain" })}
          >
            Take rooms again
          </button>
        )}
        <button type="button" class="quiet" onClick={() => dashboard.signOut()}>
          Sign out
        </button>
      </div>
    </header>
  );
}

function Light({ tone, text }: { tone: string; text: string }) {
  return <span class="light" data-tone={tone}>{text}</span>;
}

const sfuLight = (state: string) =>
  state === "up"
    ? { tone: "good", text: "Media server up" }
    : { tone: "bad", text: `Media server ${state}` };
