/** What has happened, to be read by people when something is wrong. */

export type Line = {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
};

/** A rule of `rooms/SPEC.md` that does not hold. */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.name = "Violation";
    this.rule = rule;
  }
}

/** By far the most of all that happens, and hardly ever worth reading. */
const HEARTBEAT =
  /^<- tick|method\\?":\\?"ping|result\\?":\{\\?"ack\\?":\d+\}\}|^ *roundTrip/;

export class Journal {
  readonly lines: Line[] = [];
  /** Otherwise nothing is kept: writing it all down takes longer than living it. */
  readonly isOn: boolean;
  readonly #now: () => number;

  constructor(isOn: boolean, now: () => number) {
    this.isOn = isOn;
    this.#now = now;
  }

  note(who: string, write: () => string): void {
    if (!this.isOn) return;
    const what = write();
    if (!HEARTBEAT.test(what)) {
      this.lines.push({ at: this.#now(), who, what });
    }
  }

  /** The last `count` lines. */
  tail(count: number): string {
    return this.lines.slice(-count).map(({ at, who, what }) =>
      `${time(at)}  ${who.padEnd(8)} ${what}`
    ).join("\n");
  }
}

/** Hours, minutes, seconds and milliseconds. */
function time(ms: number): string {
  const [date = ""] = new Date(ms).toISOString().split("Z");
  return date.slice(11);
}
