/**
 * What time it is at the service, by the dates of its answers. They are cut off
 * to seconds, so that the one that was furthest ahead is the nearest.
 */
export class ServerClock {
  #aheadMs: number | undefined;

  heard(date: string | null): void {
    const at = Date.parse(date ?? "");
    if (Number.isNaN(at)) return;
    this.#aheadMs = Math.max(this.#aheadMs ?? -Infinity, at - Date.now());
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return Date.now() + (this.#aheadMs ?? 0);
  }
}
