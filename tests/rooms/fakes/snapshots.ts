import type { SnapshotStore, Stored } from "../../../rooms/snapshots.ts";

/** A store in memory, which answers when the test says so, or at once. */
export class FakeSnapshots implements SnapshotStore {
  readonly kept = new Map<string, Stored>();
  readonly aside: Stored[] = [];
  /** How often something was kept. */
  saves = 0;
  /** Answers wait here while it is slow. */
  isSlow = false;
  /** Whether it can keep nothing. */
  isFull = false;
  readonly #waiting: (() => void)[] = [];

  load(): Promise<Stored[]> {
    return Promise.resolve([...this.kept.values()]);
  }

  async save(
    room: string,
    epoch: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    this.saves += 1;
    if (this.isFull) throw new Error("The disk is full");
    if (this.isSlow) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (epoch < (this.kept.get(room)?.epoch ?? 0)) {
      throw new Error("A later epoch has it");
    }
    this.kept.set(room, { room, epoch, bytes });
  }

  remove(room: string, epoch: number): Promise<void> {
    if (epoch >= (this.kept.get(room)?.epoch ?? 0)) this.kept.delete(room);
    return Promise.resolve();
  }

  setAside(stored: Stored): Promise<void> {
    this.aside.push(stored);
    this.kept.delete(stored.room);
    return Promise.resolve();
  }

  answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
