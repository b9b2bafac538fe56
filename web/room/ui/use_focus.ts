import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Focuses an element when it appears, so that a screen reader goes there. */
export function useFocus<E extends HTMLElement>(): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => element.current?.focus({ preventScroll: true }), []);
  return element;
}
