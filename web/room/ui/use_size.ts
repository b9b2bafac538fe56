import { type RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Space } from "../meeting/grid.ts";

/** The inner size of an element, kept up to date from the first paint on. */
export function useSize<E extends HTMLElement>(): [RefObject<E | null>, Space] {
  const element = useRef<E>(null);
  const [size, setSize] = useState<Space>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    setSize({ width: measured.clientWidth, height: measured.clientHeight });
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize(entry.contentRect);
    });
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}
