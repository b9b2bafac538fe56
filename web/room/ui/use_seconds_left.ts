import { useEffect, useState } from "preact/hooks";
import { nextSecond, secondsLeft } from "../countdown.ts";

/** Counts down to a time in milliseconds since 1970, in step with it. */
export function useSecondsLeft(until: number): number {
  const [, draw] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const count = () => {
      const now = Date.now();
      draw(now);
      const ms = nextSecond(until, now);
      timer = ms === undefined ? undefined : setTimeout(count, ms);
    };
    count();
    return () => clearTimeout(timer);
  }, [until]);
  return secondsLeft(until, Date.now());
}
