import type { ComponentChildren } from "preact";
import type { Words } from "../words/words.ts";
import { WarningIcon } from "./icons.tsx";

type Props = { words: Words; children?: ComponentChildren };

/** A problem, in words, with what can be done. */
export function Notice({ words, children }: Props) {
  return (
    <div class="notice" role="alert">
      <WarningIcon />
      <p>
        <strong>{words.title}.</strong> {words.text}
      </p>
      {children}
    </div>
  );
}
