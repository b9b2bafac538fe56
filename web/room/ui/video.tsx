import { useEffect, useRef } from "preact/hooks";

type Props = {
  track: MediaStreamTrack;
  label: string;
  mirrored?: boolean;
  /** Shows all of the picture instead of filling the space. */
  whole?: boolean;
};

export function Video(
  { track, label, mirrored = false, whole = false }: Props,
) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (video === null) return;
    video.srcObject = new MediaStream([track]);
    return () => {
      video.srcObject = null;
    };
  }, [track]);
  const look = (mirrored ? " mirrored" : "") + (whole ? " whole" : "");
  return (
    <video
      ref={element}
      class={`video${look}`}
      aria-label={label}
      autoplay
      playsinline
      muted
    />
  );
}
