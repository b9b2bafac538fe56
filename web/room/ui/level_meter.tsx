import { useEffect, useRef } from "preact/hooks";
import { watchLevel } from "../media/level.ts";

/** Moves with the sound of a track. */
export function LevelMeter({ track }: { track: MediaStreamTrack }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      watchLevel(
        track,
        (level) =>
          element.current?.style.setProperty("--level", level.toFixed(2)),
      ),
    [
      track,
    ],
  );
  return (
    <span class="level" ref={element} role="img" aria-label="Microphone level">
      <i />
      <i />
      <i />
      <i />
      <i />
    </span>
  );
}
