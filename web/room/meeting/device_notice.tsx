import { useState } from "preact/hooks";
import { type MediaState, problemIn } from "../media/media_state.ts";
import { usePage } from "../state/use_page.ts";
import { CloseIcon } from "../ui/icons.tsx";
import { Notice } from "../ui/notice.tsx";
import { RoundButton } from "../ui/round_button.tsx";
import { problemWords } from "../words/media_words.ts";

/** One's own device fails during the call. Can be put away. */
export function DeviceNotice({ media }: { media: MediaState }) {
  const page = usePage();
  const [dismissed, setDismissed] = useState<string>();
  const words = problemWords({
    microphone: problemOfWanted(media.microphone),
    camera: problemOfWanted(media.camera),
  });
  if (words === undefined || words.title === dismissed) return null;
  return (
    <Notice words={words}>
      <button
        type="button"
        class="quiet"
        onClick={() => void page.retryDevices()}
      >
        Try again
      </button>
      <RoundButton label="Dismiss" onClick={() => setDismissed(words.title)}>
        <CloseIcon />
      </RoundButton>
    </Notice>
  );
}

function problemOfWanted(source: MediaState["camera"]) {
  return source.on ? problemIn(source) : undefined;
}
