import { useEffect, useState } from "preact/hooks";

/** The time, in milliseconds since 1970; draws anew each `everyMs`. */
export function useNow(everyMs: number): number {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((times) => times + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  // Not of the last tick: what is drawn may be younger.
  return Date.now();
}
