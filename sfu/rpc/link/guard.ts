/**
 * Runs what others have handed in. What it throws is their bug: it is reported
 * as uncaught, and the frames behind it are still read.
 *
 * @module
 */
export function guard(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
