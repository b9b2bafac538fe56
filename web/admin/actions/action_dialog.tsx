import { useEffect, useRef, useState } from "preact/hooks";
import { WarningIcon } from "../../room/ui/icons.tsx";
import type { Asked } from "../state/state.ts";
import { useDashboard } from "../state/use_dashboard.ts";
import type { Form } from "./action.ts";
import { Fields, isFilledIn } from "./fields.tsx";
import { wordsOf } from "./words.ts";

const EMPTY: Form = { banSeconds: 3_600, target: "", text: "" };

/** Asks before anything is done. */
export function ActionDialog({ asked: { action, isBusy, problem } }: {
  asked: Asked;
}) {
  const dashboard = useDashboard();
  const dialog = useRef<HTMLDialogElement>(null);
  const [form, setForm] = useState(EMPTY);
  useEffect(() => dialog.current?.showModal(), []);
  const { title, text, verb, isGrave } = wordsOf(action);
  const mayGo = isFilledIn(action, form) && !isBusy;
  const submit = (event: Event) => {
    event.preventDefault();
    if (mayGo) void dashboard.perform(action, form);
  };
  return (
    <dialog
      ref={dialog}
      class="ask"
      aria-labelledby="ask-title"
      onClose={() => dashboard.dismiss()}
    >
      <form noValidate onSubmit={submit}>
        <h2 id="ask-title">{title}</h2>
        <p class="lead">{text}</p>
        <Fields
          action={action}
          form={form}
          onChange={(change) => setForm({ ...form, ...change })}
        />
        {problem !== undefined && (
          <div class="notice" role="alert">
            <WarningIcon />
            <p>{problem}</p>
          </div>
        )}
        <div class="ask-buttons">
          <button
            type="button"
            class="secondary"
            onClick={() => dialog.current?.close()}
          >
            Cancel
          </button>
          <button
            type="submit"
            class={isGrave ? "primary danger" : "primary"}
            aria-disabled={!mayGo}
          >
            {isBusy ? "…" : verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
