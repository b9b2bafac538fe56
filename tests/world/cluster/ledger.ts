/** What rooms announce, and what operators are told of it: one row for all. */
import type { RoomAnnouncement } from "../../../rooms/announcements.ts";
import { Violation } from "../journal.ts";

/** An announcement, whichever way it was told. */
export type Told = Omit<RoomAnnouncement, "announcement">;

/** At least, in Redis and in each process. */
const KEPT = 1_024;

type Said = {
  /** Whether it need not come through any more. */
  readonly isExcused: () => boolean;
};
/** In Redis. */
type Row = { readonly key: string; readonly at: number };

export const keyOf = ({ room, epoch, seq }: Told): string =>
  `${room} ${epoch} ${seq}`;

export class Ledger {
  readonly #fail: (error: unknown) => void;
  readonly #said = new Map<string, Said>();
  /** Of each room in each of its epochs, the last one. */
  readonly #counts = new Map<string, number>();
  readonly #rows: Row[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keys = new Map<number, string>();
  /** What Redis has lost may come again, or never. */
  readonly #lost = new Set<string>();

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** A room has announced something. */
  said(told: Told, said: Said): void {
    const { room, epoch, seq } = told;
    const last = this.#counts.get(`${room} ${epoch}`) ?? seq - 1;
    if (seq !== last + 1) {
      this.#violated("OP9", `${keyOf(told)} was announced after ${last}`);
    }
    this.#counts.set(`${room} ${epoch}`, seq);
    this.#said.set(keyOf(told), said);
  }

  /** It has come to Redis, perhaps once more. */
  added(told: Told, at: number): void {
    this.#rows.push({ key: keyOf(told), at });
  }

  /** All that was added since then is lost. */
  forgotten(since: number): void {
    for (const { key, at } of this.#rows) if (at > since) this.#lost.add(key);
  }

  /** Whether a process may not know all of it any more. */
  get mayHaveGaps(): boolean {
    return this.#rows.length >= KEPT || this.#lost.size > 0;
  }

  isLost(key: string): boolean {
    return this.#lost.has(key);
  }

  /** To an operator, under this number. */
  told(told: Told, id: number): void {
    const key = keyOf(told);
    if (this.#lost.has(key)) return;
    if (!this.#said.has(key)) this.#violated("HO11", `nobody announced ${key}`);
    const number = this.#numbers.get(key) ?? id;
    if (number !== id) {
      this.#violated("HO11", `${key} is ${id}, and was ${number}`);
    }
    const other = this.#keys.get(id) ?? key;
    if (other !== key) {
      this.#violated("HO11", `${id} is ${key}, and was ${other}`);
    }
    this.#numbers.set(key, id);
    this.#keys.set(id, key);
  }

  /** When all is calm: what was announced has come through. */
  check(): void {
    const added = new Set(this.#rows.map(({ key }) => key));
    for (const [key, { isExcused }] of this.#said) {
      if (added.has(key) || this.#lost.has(key) || isExcused()) continue;
      this.#violated("HO11", `${key} has not come through`);
    }
  }

  /** What is to be known of all that came since then. */
  since(at: number): string[] {
    return this.#rows.flatMap((row) =>
      row.at > at && !this.#lost.has(row.key) ? [row.key] : []
    );
  }

  #violated(rule: string, detail: string): void {
    this.#fail(new Violation(rule, detail));
  }
}
