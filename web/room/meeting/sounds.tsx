import { useEffect, useRef, useState } from "preact/hooks";
import type { Person } from "../call/view.ts";
import { SoundIcon } from "../ui/icons.tsx";

type Props = { people: Person[]; speakerId: string | undefined };

/**
 * Plays what the others say. Browsers may hold sound back until the person
 * clicks somewhere; then a button for it appears.
 */
export function Sounds({ people, speakerId }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [blocked, setBlocked] = useState(false);
  const playAll = () => {
    setBlocked(false);
    for (const audio of box.current?.querySelectorAll("audio") ?? []) {
      void play(audio, () => setBlocked(true));
    }
  };
  return (
    <div class="sounds" ref={box}>
      {blocked && (
        <button type="button" class="primary" onClick={playAll}>
          <SoundIcon />Click to hear the others
        </button>
      )}
      {people.flatMap(({ sessionId, sounds }) =>
        sounds.map((track) => (
          <Sound
            key={track.id}
            sessionId={sessionId}
            track={track}
            speakerId={speakerId}
            onBlocked={() => setBlocked(true)}
          />
        ))
      )}
    </div>
  );
}

type SoundProps = {
  sessionId: string;
  track: MediaStreamTrack;
  speakerId: string | undefined;
  onBlocked: () => void;
};

function Sound({ sessionId, track, speakerId, onBlocked }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (audio === null) return;
    audio.srcObject = new MediaStream([track]);
    void play(audio, onBlocked);
    return () => {
      audio.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    if (speakerId === undefined) return;
    // A speaker that is gone leaves the sound where it is.
    element.current?.setSinkId?.(speakerId).catch(() => {});
  }, [speakerId]);
  return <audio ref={element} data-sound-of={sessionId} />;
}

async function play(
  audio: HTMLAudioElement,
  onBlocked: () => void,
): Promise<void> {
  try {
    await audio.play();
  } catch (error) {
    if (error instanceof Error && error.name === "NotAllowedError") onBlocked();
  }
}
