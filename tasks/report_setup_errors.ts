import { SetupError } from "../setup/setup.ts";

/** Tells a setup error as it is, without a stack trace, and exits with 1. */
export async function reportSetupErrors(
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
