import type { MediaState } from "../media/media_state.ts";
import { usePage } from "../state/use_page.ts";
import type { Form } from "../state/state.ts";
import { DevicePickers } from "../ui/device_picker.tsx";
import { Logo } from "../ui/icons.tsx";
import { useKeys } from "../ui/use_keys.ts";
import type { Words } from "../words/words.ts";
import { JoinForm } from "./join_form.tsx";
import { Preview } from "./preview.tsx";

type Props = {
  form: Form;
  media: MediaState;
  notice?: Words | undefined;
  joining?: boolean;
};

/** Before a call: how one looks and sounds, who one is, and where to go. */
export function Lobby({ form, media, notice, joining = false }: Props) {
  const page = usePage();
  useKeys({
    m: () => void page.toggle("microphone"),
    v: () => void page.toggle("camera"),
  });
  return (
    <div class="lobby">
      <header class="brand">
        <Logo />
        <span>Holdfast</span>
      </header>
      <div class="lobby-columns">
        <section class="lobby-devices" aria-label="Camera and microphone">
          <Preview name={form.name} media={media} />
          <DevicePickers media={media} />
        </section>
        <section class="lobby-join" aria-label="Join a room">
          <h1>Ready to join?</h1>
          <p class="lead">
            Everyone with the link to this room can come in.
          </p>
          <JoinForm form={form} notice={notice} joining={joining} />
        </section>
      </div>
    </div>
  );
}
