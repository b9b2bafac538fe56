/**
 * What nobody can foretell; given from outside where something is to happen in
 * the same way again.
 *
 * @module
 */
import type { Secret } from "../../core/input.ts";
import { newSecret, newSessionId } from "../../secrets.ts";

export type Chance = {
  /** Of processes, channels and sessions: unguessable. */
  readonly newId: () => string;
  readonly newSecret: () => Secret;
  /** From 0 to just below 1. */
  readonly random: () => number;
};

export const systemChance: Chance = {
  newId: newSessionId,
  newSecret,
  random: Math.random,
};
