import { usePage } from "../state/use_page.ts";
import { WarningIcon } from "../ui/icons.tsx";
import type { Words } from "../words/words.ts";

/** Before the browser asks, a person learns why. */
export function AskCard() {
  const page = usePage();
  return (
    <div class="preview-card">
      <h2>Do you want to be seen and heard?</h2>
      <p>
        Your browser will ask for your camera and microphone. You can turn them
        off at any time.
      </p>
      <button
        type="button"
        class="primary"
        onClick={() => void page.openDevices()}
      >
        Turn on camera and microphone
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => void page.goWithoutDevices()}
      >
        Continue without
      </button>
    </div>
  );
}

export function WaitingCard() {
  return (
    <div class="preview-card" role="status">
      <h2>Waiting for your permission</h2>
      <p>
        Choose “Allow” when your browser asks. It may ask at the top of the
        window.
      </p>
    </div>
  );
}

export function ProblemCard({ words }: { words: Words }) {
  return (
    <div class="preview-card" role="alert">
      <h2>{words.title}</h2>
      <p>{words.text}</p>
      <TryAgain look="secondary" />
    </div>
  );
}

/** Leaves the picture of the device that works in view. */
export function ProblemStrip({ words }: { words: Words }) {
  return (
    <div class="problem" role="alert">
      <WarningIcon />
      <p>
        <strong>{words.title}.</strong> {words.text}
      </p>
      <TryAgain look="quiet" />
    </div>
  );
}

function TryAgain({ look }: { look: "secondary" | "quiet" }) {
  const page = usePage();
  return (
    <button
      type="button"
      class={look}
      onClick={() => void page.retryDevices()}
    >
      Try again
    </button>
  );
}
