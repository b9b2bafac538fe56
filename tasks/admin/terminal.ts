/**
 * How results are shown: to people as tables, to programs as JSON.
 *
 * @module
 */

export type Cell = string | number | boolean | null | undefined;

export type TerminalOptions = {
  readonly isJson: boolean;
  /** One line to standard output. */
  readonly write: (line: string) => void;
  /** One line to standard error. */
  readonly note: (line: string) => void;
};

export class Terminal {
  readonly #options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  get isJson(): boolean {
    return this.#options.isJson;
  }

  /** A result: `value` for programs, `text` for people. */
  show(value: unknown, text: string): void {
    const { isJson, write } = this.#options;
    write(isJson ? JSON.stringify(value) : text);
  }

  /** A result of many rows. */
  table(
    value: unknown,
    head: readonly string[],
    rows: readonly (readonly Cell[])[],
  ): void {
    this.show(value, rows.length === 0 ? "none" : tableOf(head, rows));
  }

  /** That something was done, which programs know by the exit code. */
  done(text: string): void {
    if (!this.isJson) this.#options.write(text);
  }

  note(text: string): void {
    this.#options.note(text);
  }
}

function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const lines = [head, ...rows.map((row) => row.map(plain))];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines
    .map((line) =>
      line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
        .trimEnd()
    )
    .join("\n");
}

const plain = (cell: Cell): string => printable(`${cell ?? "-"}`);

/** Names come from strangers: a terminal must not obey them. */
export const printable = (text: string): string =>
  // deno-lint-ignore no-control-regex
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "\u{fffd}");

export const printableLines = (text: string): string =>
  text.split("\n").map(printable).join("\n");

export const ago = (at: number, now: number = Date.now()): string => {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
};
