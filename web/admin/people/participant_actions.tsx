import type { Action } from "../actions/action.ts";
import { useDashboard } from "../state/use_dashboard.ts";

type Who = Extract<Action, { type: "remove" }>["who"];

export function ParticipantActions({ who: given }: { who: Who }) {
  const dashboard = useDashboard();
  const { room, sessionId, identity, name } = given;
  const who = { room, sessionId, identity, name };
  const button = (label: string, action: Action, tone = "") => (
    <button
      type="button"
      class={`secondary small ${tone}`}
      onClick={() => dashboard.ask(action)}
    >
      {label}
    </button>
  );
  return (
    <div class="person-actions">
      {button("Message", { type: "messageOne", who })}
      {button("Move", { type: "move", who })}
      {button("Remove", { type: "remove", who }, "grave")}
      {button("Ban", { type: "ban", who }, "grave")}
    </div>
  );
}
