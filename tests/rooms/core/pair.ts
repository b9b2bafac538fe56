/** What tests of media begin with. */
import assert from "node:assert/strict";
import { type ErrorName, errors, type Policy } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import { World } from "./world.ts";

/** A room with two in it, who have heard of each other. */
export function pair(policy: Partial<Policy> = {}) {
  const world = new World(policy);
  const ann = world.join("ann");
  const bob = world.join("bob");
  ann.takeEvents();
  return { world, ann, bob };
}

export const isRefused = (
  client: Client,
  error: ErrorName,
  ...request: Parameters<Client["refused"]>
): void => assert.equal(client.refused(...request).code, errors[error].code);
