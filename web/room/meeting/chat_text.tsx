import { textParts } from "./text_parts.ts";

/** A message with its links made clickable. */
export function ChatText({ text }: { text: string }) {
  return (
    <>
      {textParts(text).map((part) =>
        part.href === undefined
          ? part.text
          : (
            <a href={part.href} target="_blank" rel="noopener noreferrer">
              {part.text}
            </a>
          )
      )}
    </>
  );
}
