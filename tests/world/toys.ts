/** Secrets, hashes and tokens as plain as they can be: no two are the same. */

const SECRET_LENGTH = 43;

export const secretOf = (number: number | string): string =>
  `S${number}`.padEnd(SECRET_LENGTH, "-");

/** As long as a real one. */
export const hashOf = (secret: string): string => `H${secret.slice(1)}`;

export const secretWithHash = (hash: string): string => `S${hash.slice(1)}`;

export const tokenFor = (identity: string): string => `token of ${identity}`;

/** Whose token it is. */
export const tokenOf = (token: string): string | undefined =>
  /^token of (.+)$/.exec(token)?.[1];
