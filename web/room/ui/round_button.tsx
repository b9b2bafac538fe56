import type { ComponentChildren } from "preact";

type Props = {
  label: string;
  onClick: () => void;
  children: ComponentChildren;
  /** What a click will do, where the label does not say it. */
  hint?: string;
  /** For buttons that stay down. */
  pressed?: boolean;
  /** For buttons that open something. */
  expanded?: boolean;
  tone?: "plain" | "off" | "waiting" | "danger" | "lit";
  shortcut?: string;
  /** A small mark at the corner: a number, or "!" for what wants to be seen to. */
  badge?: string | number | undefined;
};

export function RoundButton(props: Props) {
  const { label, hint = label, shortcut, badge } = props;
  return (
    <button
      type="button"
      class="round"
      data-tone={props.tone ?? "plain"}
      aria-label={label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-keyshortcuts={shortcut}
      title={shortcut === undefined ? hint : `${hint} (${shortcut})`}
      onClick={props.onClick}
    >
      {props.children}
      {badge !== undefined && (
        <span class={badge === "!" ? "badge alarm" : "badge"}>{badge}</span>
      )}
    </button>
  );
}
