import { useEffect } from "preact/hooks";

/** Single keys that act anywhere but in a text field. */
export function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
        return;
      }
      const act = keys[event.key.toLowerCase()];
      if (act === undefined || isTyping(event.target)) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element &&
    target.matches("input, textarea, select, [contenteditable]");
}
