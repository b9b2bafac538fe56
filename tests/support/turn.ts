/** One turn of the event loop: all promises that are decided have been heard of. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 0));
