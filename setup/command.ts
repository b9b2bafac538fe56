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
