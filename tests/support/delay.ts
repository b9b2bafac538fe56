/** For the pace of polling, and for windows in which nothing may happen. */
export const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
