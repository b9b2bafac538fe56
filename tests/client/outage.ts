import assert from "node:assert/strict";
import type { ConnectOptions, RecoveryReport } from "../../client/mod.ts";
import { joinResult, participant } from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";

/** Ann, in a room with Bob. */
export async function joined(options: ConnectOptions = {}) {
  const client = new FakeClient();
  client.service.answers.join = () => joinResult([participant("bob")]);
  await client.join(options);
  return client;
}

export const bobOf = (client: FakeClient) =>
  client.room.participants.get("s-bob") ?? assert.fail("Bob is not there");

export function reportOf(client: FakeClient): RecoveryReport {
  const [[report] = []] = client.argsOf("recovery");
  return report ?? assert.fail("there is no report");
}
