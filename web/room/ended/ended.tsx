import type { EndReason } from "../../../client/mod.ts";
import { usePage } from "../state/use_page.ts";
import { Logo } from "../ui/icons.tsx";
import { useFocus } from "../ui/use_focus.ts";
import { endedWords } from "../words/ended_words.ts";

type Props = { reason: EndReason; room: string };

/** After a call: why it ended, and where to go. */
export function Ended({ reason, room }: Props) {
  const page = usePage();
  const heading = useFocus<HTMLHeadingElement>();
  const { title, text } = endedWords(reason);
  return (
    <div class="ended">
      <header class="brand">
        <Logo />
        <span>Holdfast</span>
      </header>
      <section class="ended-card" data-reason={reason}>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        <p class="lead">{text}</p>
        <p class="ended-room">{room}</p>
        <div class="ended-actions">
          <button
            type="button"
            class="primary"
            onClick={() => void page.join()}
          >
            Rejoin
          </button>
          <button
            type="button"
            class="secondary"
            onClick={() => page.newRoom()}
          >
            New room
          </button>
        </div>
      </section>
    </div>
  );
}
