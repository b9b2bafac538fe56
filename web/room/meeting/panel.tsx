import type { ComponentChildren } from "preact";
import { usePage } from "../state/use_page.ts";
import { CloseIcon } from "../ui/icons.tsx";
import { RoundButton } from "../ui/round_button.tsx";

type Props = {
  title: string;
  children: ComponentChildren;
  /** Below the tiles instead of beside them. */
  wide?: boolean;
};

/** Beside the tiles, or above them on a phone. */
export function Panel({ title, children, wide = false }: Props) {
  const page = usePage();
  const close = () => page.show(undefined);
  return (
    <aside
      class={wide ? "panel wide" : "panel"}
      aria-label={title}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header class="panel-head">
        <h2>{title}</h2>
        <RoundButton label={`Close ${title.toLowerCase()}`} onClick={close}>
          <CloseIcon />
        </RoundButton>
      </header>
      {children}
    </aside>
  );
}
