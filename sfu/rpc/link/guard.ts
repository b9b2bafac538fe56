/**
 * Calls what others have handed in. What it throws is their bug: it is reported
 * as uncaught, and the frames behind it are still read.
 *
 * @module
 */
export function guard<A extends unknown[]>(
  callback: (...args: A) => void,
  ...args: A
): void {
  try {
    callback(...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
