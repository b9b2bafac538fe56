/**
 * Waits for what must happen soon.
 *
 * @throws {Error} when it has not happened within `ms`.
 */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  ms = 5_000,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what}: not within ${ms} ms`)),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
