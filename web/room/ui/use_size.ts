import { type RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Space } from "../layout.ts";

/** The inner size of an element, kept up to date. */
export function useSize<E extends HTMLElement>(): [RefObject<E | null>, Space] {
  const element = useRef<E>(null);
  const [size, setSize] = useState<Space>({ width: 0, height: 0 });
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize(entry.contentRect);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}
