const TERMINAL_REDRAW_MS = 200;
const LOG_REDRAW_MS = 10_000;
const CLEAR_LINE = "\r\x1b[K";

/** Where the setup says what it is doing. */
export type Progress = {
  /** A step begins. */
  step(text: string): void;
  /** How far the step is, from 0 to 1, and that in its own units. */
  advance(fraction: number, detail?: string): void;
};

export const silent: Progress = { step() {}, advance() {} };

/**
 * Shows one step after the other: on a terminal a line that is drawn over,
 * elsewhere a line now and then. Prints nothing before the first step.
 */
export class StepPrinter implements Progress, Disposable {
  readonly #write: (text: string) => void;
  readonly #terminal: boolean;
  #step: { text: string; since: number; far: string } | undefined;
  #drawnAt = 0;

  constructor(
    write: (text: string) => void = writeStderr,
    terminal: boolean = Deno.stderr.isTerminal(),
  ) {
    this.#write = write;
    this.#terminal = terminal;
  }

  step(text: string): void {
    this.#finish();
    this.#step = { text, since: Date.now(), far: "" };
    this.#draw();
  }

  advance(fraction: number, detail = ""): void {
    if (!this.#step) return;
    const percent = `${Math.floor(100 * fraction)} %`;
    this.#step.far = detail ? ` ${detail}, ${percent}` : ` ${percent}`;
    const redraw = this.#terminal ? TERMINAL_REDRAW_MS : LOG_REDRAW_MS;
    if (Date.now() - this.#drawnAt >= redraw) this.#draw();
  }

  /** Ends the last step. */
  [Symbol.dispose](): void {
    this.#finish();
  }

  #line(): string {
    if (!this.#step) return "";
    const { text, since, far } = this.#step;
    const seconds = Math.round((Date.now() - since) / 1_000);
    return `${text}${far}${seconds > 0 ? ` (${seconds} s)` : ""}`;
  }

  #draw(): void {
    this.#drawnAt = Date.now();
    const line = this.#line();
    this.#write(this.#terminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
  }

  /** In a log, only a step that took long deserves a second line. */
  #finish(): void {
    if (this.#terminal && this.#step) this.#draw();
    if (this.#terminal && this.#step) this.#write("\n");
    const long = this.#step && Date.now() - this.#step.since >= LOG_REDRAW_MS;
    if (!this.#terminal && long) this.#draw();
    this.#step = undefined;
  }
}

function writeStderr(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
