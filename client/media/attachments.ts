/** The elements that play one track, and the one that takes its place. */
export class Attachments {
  readonly #newStream: () => MediaStream;
  readonly #elements = new Set<HTMLMediaElement>();
  #track: MediaStreamTrack | undefined;

  constructor(newStream: () => MediaStream) {
    this.#newStream = newStream;
  }

  attach(element: HTMLMediaElement): void {
    this.#elements.add(element);
    element.autoplay = true;
    // Else phones show it on the whole screen.
    if ("playsInline" in element) element.playsInline = true;
    if (this.#track) this.#put(element, this.#track);
  }

  detach(element: HTMLMediaElement): void {
    if (!this.#elements.delete(element) || !this.#track) return;
    streamOf(element)?.removeTrack(this.#track);
  }

  /** Undefined: nothing any more. */
  show(track: MediaStreamTrack | undefined): void {
    const old = this.#track;
    this.#track = track;
    for (const element of this.#elements) {
      if (old) streamOf(element)?.removeTrack(old);
      if (track) this.#put(element, track);
    }
  }

  #put(element: HTMLMediaElement, track: MediaStreamTrack): void {
    const stream = streamOf(element) ?? this.#newStream();
    for (const other of stream.getTracks()) {
      if (other.kind === track.kind) stream.removeTrack(other);
    }
    stream.addTrack(track);
    if (element.srcObject !== stream) element.srcObject = stream;
  }
}

function streamOf({ srcObject }: HTMLMediaElement): MediaStream | undefined {
  return srcObject && "getTracks" in srcObject ? srcObject : undefined;
}
