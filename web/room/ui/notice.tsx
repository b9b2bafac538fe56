import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Words } from "../words/words.ts";
import { WarningIcon } from "./icons.tsx";

type Props = { words: Words; children?: ComponentChildren };

/** A problem, in words, with what can be done. */
export function Notice({ words, children }: Props) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.scrollIntoView({ block: "nearest" }), [
    words,
  ]);
  return (
    <div ref={element} class="notice" role="alert">
      <WarningIcon />
      <p>
        <strong>{words.title}.</strong> {words.text}
      </p>
      {children}
    </div>
  );
}
