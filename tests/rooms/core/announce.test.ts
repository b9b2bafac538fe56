import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { track } from "./media.ts";
import { pair } from "./pair.ts";
import type { World } from "./world.ts";

const tracks = ({ announcements }: World) =>
  announcements.filter(({ type }) => type.startsWith("producer"));

describe("what is announced of tracks", () => {
  it("OP9: is that they were added, replaced and removed, by whom and why", () => {
    const { world, ann } = pair();
    const { producerId, transportId } = world.publish(ann);
    const again = ann.request(
      "produce",
      track(transportId, { replace: true }),
    );
    ann.request("closeProducer", { producerId: again.producerId });
    const about = {
      sessionId: ann.sessionId,
      identity: "ann",
      key: "microphone",
      kind: "audio",
      source: "microphone",
    };
    const after = { ...about, producerId: again.producerId };
    assert.deepEqual(tracks(world), [
      { type: "producerAdded", ...about, producerId },
      { type: "producerReplaced", ...after, oldProducerId: producerId },
      { type: "producerRemoved", ...after, cause: "closed" },
    ]);
  });

  it("OP9: is that they went with their owner, before it is that the owner went", () => {
    const { world, ann } = pair();
    world.publish(ann);
    ann.close();
    const [removed, left] = world.announcements.slice(-2);
    assert.ok(removed?.type === "producerRemoved");
    assert.equal(removed.cause, "sessionEnded");
    assert.equal(left?.type, "participantLeft");
  });

  it("OP9: is that they went with the room", () => {
    const { world, ann } = pair();
    world.publish(ann);
    world.admin({ type: "closeRoom", reason: "roomClosed" });
    const types = world.announcements.slice(-4).map(({ type }) => type);
    assert.deepEqual(types, [
      "producerRemoved",
      "participantLeft",
      "participantLeft",
      "roomEnded",
    ]);
  });
});
