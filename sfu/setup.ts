/**
 * What the parts of the setup share.
 *
 * @module
 */

/** The environment as the setup reads it; `Deno.env` is one. */
export type Env = { get(name: string): string | undefined };

/** Told to a person as it is, without a stack trace. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** Where the setup says what it is doing. */
export type Progress = {
  /** A step begins. */
  step(text: string): void;
  /** How far the step is, from 0 to 1, and that in its own units. */
  advance(fraction: number, detail?: string): void;
};

export const silent: Progress = { step() {}, advance() {} };

/** Runs a command to its end and gives back what it printed. */
export async function run(
  bin: string,
  args: string[],
  options: Pick<Deno.CommandOptions, "cwd" | "env" | "signal"> = {},
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(bin, {
      ...options,
      args,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return {
      success,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { success: false, stdout: "", stderr: error.message };
  }
}

/** The last lines of an output, for an error message. */
export function tail(output: string, lines = 15): string {
  return output.trimEnd().split("\n").slice(-lines).join("\n");
}
