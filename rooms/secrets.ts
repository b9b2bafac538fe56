/**
 * Ids and secrets of sessions.
 *
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import type { Secret, SecretHash, SessionId } from "./core/input.ts";

export const newSessionId = (): SessionId => randomText(16);

export function newSecret(): Secret {
  const plain = randomText(32);
  return { plain, hash: hashSecret(plain) };
}

export const hashSecret = (plain: string): SecretHash =>
  createHash("sha256").update(plain).digest("base64url");

const randomText = (bytes: number): string =>
  randomBytes(bytes).toString("base64url");
