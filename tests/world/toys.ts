/** Secrets, hashes and tokens as plain as they can be: no two are the same. */

const SECRET_LENGTH = 43;

export const secretOf = (number: number | string): string =>
  `S${number}`.padEnd(SECRET_LENGTH, "-");

/** As long as a real one. */
export const hashOf = (secret: string): string => `H${secret.slice(1)}`;

export const secretWithHash = (hash: string): string => `S${hash.slice(1)}`;

/** The first one is all there is where the service is one process. */
export const roomName = (index: number): string =>
  index === 0 ? "room" : `room${index}`;

export const tokenFor = (identity: string, room: string): string =>
  `token of ${identity} for ${room}`;

/** Whose token it is, if it is for that room; missing: for any. */
export function tokenOf(token: string, room?: string): string | undefined {
  const [, identity, its] = /^token of (.+) for (.+)$/.exec(token) ?? [];
  return its === (room ?? its) ? identity : undefined;
}
