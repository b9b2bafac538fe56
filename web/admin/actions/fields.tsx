import type { Action, Form } from "./action.ts";

const ROOM_NAME = /^[A-Za-z0-9._~-]{1,64}$/;
const LONGEST_TEXT = 2_000;

const BANS = [
  [300, "5 minutes"],
  [3_600, "An hour"],
  [86_400, "A day"],
  [604_800, "A week"],
  [31_536_000, "A year"],
] as const;

type Props = {
  action: Action;
  form: Form;
  onChange: (change: Partial<Form>) => void;
};

/** What an action needs to know, if anything. */
export function Fields({ action, form, onChange }: Props) {
  switch (action.type) {
    case "ban":
      return (
        <label class="field">
          <span>For how long</span>
          <select
            value={form.banSeconds}
            onChange={(event) =>
              onChange({ banSeconds: Number(event.currentTarget.value) })}
          >
            {BANS.map(([seconds, words]) => (
              <option key={seconds} value={seconds}>{words}</option>
            ))}
          </select>
        </label>
      );
    case "move":
      return (
        <label class="field">
          <span>To which room</span>
          <input
            name="room"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxLength={64}
            value={form.target}
            onInput={(event) => onChange({ target: event.currentTarget.value })}
          />
        </label>
      );
    case "messageOne":
    case "messageAll":
      return (
        <label class="field">
          <span>Text</span>
          <textarea
            name="text"
            rows={3}
            maxLength={LONGEST_TEXT}
            value={form.text}
            onInput={(event) => onChange({ text: event.currentTarget.value })}
          />
        </label>
      );
    default:
      return null;
  }
}

export function isFilledIn(action: Action, { target, text }: Form): boolean {
  switch (action.type) {
    case "move":
      return ROOM_NAME.test(target) && target !== action.who.room;
    case "messageOne":
    case "messageAll":
      return text.trim() !== "";
    default:
      return true;
  }
}
