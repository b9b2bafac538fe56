/**
 * Whether media still flows through a sidecar that is cut off from us. Whoever
 * asks for another way to it (`restartIce`) hears nothing of it either: where
 * most do, it is gone, and not only the way from here.
 *
 * @module
 */
type Known = {
  /** Transports. */
  readonly open: Set<string>;
  /** Those for which another way was asked for since it was heard last. */
  readonly doubted: Set<string>;
};

export class Doubts {
  readonly #routers = new Map<string, Known>();

  opened(routerId: string, transportId: string): void {
    const known = this.#routers.get(routerId) ??
      { open: new Set(), doubted: new Set() };
    known.open.add(transportId);
    this.#routers.set(routerId, known);
  }

  closed(routerId: string, transportId: string): void {
    const known = this.#routers.get(routerId);
    known?.open.delete(transportId);
    known?.doubted.delete(transportId);
  }

  forget(routerId: string): void {
    this.#routers.delete(routerId);
  }

  /** Its sidecar is heard. */
  dispel(routerId: string): void {
    this.#routers.get(routerId)?.doubted.clear();
  }

  /** Another way was asked for; returns whether that is so for most by now. */
  add(routerId: string, transportId: string): boolean {
    const known = this.#routers.get(routerId);
    if (!known?.open.has(transportId)) return false;
    known.doubted.add(transportId);
    return known.doubted.size * 2 > known.open.size;
  }
}
