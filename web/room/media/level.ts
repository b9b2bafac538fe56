/** Calls `onLevel` with the loudness of a track, 0 to 1, once a frame. */
export function watchLevel(
  track: MediaStreamTrack,
  onLevel: (level: number) => void,
): () => void {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 512 });
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const tick = () => {
    analyser.getFloatTimeDomainData(samples);
    level = Math.max(loudness(samples), level * 0.9);
    onLevel(level);
    frame = requestAnimationFrame(tick);
  };
  let frame = requestAnimationFrame(tick);
  const wake = () => void context.resume();
  // A context that starts before the first gesture is kept silent.
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
  return () => {
    cancelAnimationFrame(frame);
    removeEventListener("pointerdown", wake);
    removeEventListener("keydown", wake);
    source.disconnect();
    void context.close();
  };
}

/** 0 at -60 dBFS and below, 1 at full scale. */
function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}
