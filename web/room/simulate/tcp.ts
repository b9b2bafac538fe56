/** The first wait of TCP for an acknowledgement; each one is twice as long. */
const FIRST_WAIT_MS = 220;

/**
 * TCP does not know when a network is back. It finds out when it sends again,
 * which is the later the longer the network was away: milliseconds until then.
 */
export function lateness(cutMs: number): number {
  let wait = FIRST_WAIT_MS;
  let sentAt = wait;
  while (sentAt < cutMs) {
    wait *= 2;
    sentAt += wait;
  }
  return sentAt - cutMs;
}
