import { useRef } from "preact/hooks";
import { toRoomName } from "../names.ts";
import type { Form } from "../state/state.ts";
import { usePage } from "../state/use_page.ts";
import { CopyLink } from "../ui/copy_link.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Words } from "../words/words.ts";

type Props = { form: Form; notice: Words | undefined; joining: boolean };

export function JoinForm({ form, notice, joining }: Props) {
  const page = usePage();
  const roomField = useRef<HTMLInputElement>(null);
  const room = toRoomName(form.room);
  const submit = (event: Event) => {
    event.preventDefault();
    if (room === undefined) roomField.current?.focus();
    else void page.join();
  };
  return (
    <form class="join-form" noValidate onSubmit={submit}>
      <label class="field">
        <span>Your name</span>
        <input
          name="name"
          autocomplete="name"
          maxLength={64}
          placeholder="How others see you"
          value={form.name}
          disabled={joining}
          onInput={(event) => page.edit({ name: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Room</span>
        <input
          ref={roomField}
          name="room"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={512}
          value={form.room}
          disabled={joining}
          aria-invalid={room === undefined}
          aria-describedby="room-hint"
          onInput={(event) => page.edit({ room: event.currentTarget.value })}
        />
      </label>
      <RoomHint typed={form.room} room={room} />
      {notice !== undefined && <Notice words={notice} />}
      <JoinButton joining={joining} />
      {room !== undefined && !joining && (
        <CopyLink
          link={page.linkTo(room)}
          label="Copy a link to invite others"
        />
      )}
    </form>
  );
}

/** Why a name does not work, or what will become of it. */
function RoomHint({ typed, room }: {
  typed: string;
  room: string | undefined;
}) {
  return (
    <p class="hint" id="room-hint" aria-live="polite">
      {hintFor(typed, room)}
    </p>
  );
}

function hintFor(typed: string, room: string | undefined): string {
  if (room === typed) return "";
  if (room !== undefined) return `You will join ${room}`;
  return typed.trim() === ""
    ? "Give the room a name"
    : "Use up to 64 letters, digits and dashes";
}

function JoinButton({ joining }: { joining: boolean }) {
  const page = usePage();
  if (!joining) return <button type="submit" class="primary">Join</button>;
  return (
    <div class="joining">
      <button type="submit" class="primary" aria-disabled="true">
        <span class="spinner" aria-hidden="true" />Joining…
      </button>
      <button type="button" class="quiet" onClick={() => page.cancelJoin()}>
        Cancel
      </button>
    </div>
  );
}
