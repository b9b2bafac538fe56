/** What a media element plays. */
export class FakeStream extends EventTarget implements MediaStream {
  readonly id: string = crypto.randomUUID();
  onaddtrack = null;
  onremovetrack = null;
  readonly #tracks = new Set<MediaStreamTrack>();

  get active(): boolean {
    return this.#tracks.size > 0;
  }

  addTrack(track: MediaStreamTrack): void {
    this.#tracks.add(track);
  }

  removeTrack(track: MediaStreamTrack): void {
    this.#tracks.delete(track);
  }

  getTracks(): MediaStreamTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === "audio");
  }

  getVideoTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === "video");
  }

  getTrackById(id: string): MediaStreamTrack | null {
    return this.getTracks().find((track) => track.id === id) ?? null;
  }

  clone(): MediaStream {
    const clone = new FakeStream();
    for (const track of this.#tracks) clone.addTrack(track);
    return clone;
  }
}
