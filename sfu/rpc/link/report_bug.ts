/**
 * What a callback of somebody else throws is their bug: it is reported as
 * uncaught, and the frames behind it are still read.
 *
 * @module
 */
export function reportBug(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
