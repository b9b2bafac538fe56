/**
 * What an operator asks for and does not get: thrown by whatever finds out,
 * answered in one place.
 *
 * @module
 */
import { problem } from "../problem.ts";

type RefusalOptions = {
  /** One word for programs. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly #status: number;
  readonly #options: RefusalOptions;

  /** `detail` is for people. */
  constructor(status: number, detail: string, options: RefusalOptions = {}) {
    super(detail);
    this.#status = status;
    this.#options = options;
  }

  /** As problem details. */
  get response(): Response {
    const { reason, headers } = this.#options;
    const members = reason === undefined ? {} : { reason };
    return problem(this.#status, this.message, headers, members);
  }
}
