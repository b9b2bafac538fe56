/** Webhooks of the real service, which is killed. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Program } from "../main/program.ts";
import { eventually } from "../support/eventually.ts";
import { TempFolder } from "../support/files.ts";
import { Caller } from "../telemetry/caller.ts";
import { SECRET, TestReceiver, verify } from "./receiver.ts";

async function start(
  receiver: TestReceiver,
  folder: TempFolder,
): Promise<{ program: Program; origin: string }> {
  const program = new Program({
    SFU_WORKERS: "1",
    // Else the sidecar of a killed service waits for another one.
    SFU_LEASE_MS: "500",
    WEBHOOK_URLS: receiver.url,
    WEBHOOK_SECRETS: SECRET,
    STATE_FOLDER: folder.path,
  });
  return { program, origin: await program.origin() };
}

async function tokenOf(origin: string, room: string): Promise<string> {
  const response = await fetch(`${origin}/rooms/${room}/token`, {
    method: "POST",
    body: JSON.stringify({ identity: "ann" }),
  });
  return (await response.json()).token;
}

describe("webhooks of a service that is killed", () => {
  it("arrive after its next start, those that could not before, in order and genuine", async () => {
    await using folder = await TempFolder.make();
    await using receiver = await TestReceiver.start();
    receiver.answer = () => 500;
    {
      const { program, origin } = await start(receiver, folder);
      await using _ = program;
      await using caller = await Caller.connect(origin, "r");
      await caller.join(await tokenOf(origin, "r"));
      await caller.produce();
      caller.break();
      await eventually(() =>
        assert.match(program.stderr, /"participantReconnecting"/)
      );
      await receiver.hasHeard(1);
      program.kill("SIGKILL");
    }
    assert.equal(receiver.taken.length, 0);
    receiver.answer = () => 204;
    const { program } = await start(receiver, folder);
    await using _ = program;
    const types = () => receiver.taken.map(({ body }) => body.type);
    await eventually(() =>
      assert.ok(types().includes("participantReconnecting"))
    );
    assert.equal(types()[0], "roomStarted");
    for (const type of ["participantJoined", "producerAdded"]) {
      assert.ok(types().includes(type), type);
    }
    const seqs = receiver.seqs("r");
    // The next process goes on where what it knows of the room ends.
    const gaps = seqs.filter((seq, index) => seq > (seqs[index - 1] ?? 0) + 1);
    assert.deepEqual(gaps, []);
    for (const received of receiver.taken) verify(received, SECRET);
    const port = await program.port();
    // The room goes on meanwhile, and what happens there is told as well.
    await eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      const metrics = await answer.text();
      const { length } = receiver.seqs("r");
      assert.ok(metrics.includes(`holdfast_webhook_delivered_total ${length}`));
    });
  });
});
