import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type {
  DataProducerInfo,
  ParticipantInfo,
} from "../../../protocol/mod.ts";
import { difference } from "../../../client/model/difference.ts";
import { camera, microphone, participant } from "../fakes/answers.ts";

const chat: DataProducerInfo = {
  dataProducerId: "d-1",
  key: "chat",
  label: "chat",
  protocol: "",
};

const between = (before: ParticipantInfo[], after: ParticipantInfo[]) =>
  difference(before, after, {
    reason: "left",
    graceMs: (graceUntil) => graceUntil - 1_000,
  });

/** Of Bob, who was as `was` and is as `now`. */
const ofBob = (
  was: Partial<ParticipantInfo>,
  now: Partial<ParticipantInfo>,
) => between([participant("bob", was)], [participant("bob", now)]);

const sessionId = "s-bob";

describe("the difference between what is known and a snapshot", () => {
  it("RS7: is nothing where nothing has changed", () => {
    const bob = {
      metadata: { hat: true },
      producers: [camera()],
      dataProducers: [chat],
    };
    assert.deepEqual(ofBob(bob, structuredClone(bob)), []);
  });

  it("RS7: is those who are gone, before those who have come", () => {
    const eve = participant("eve", { producers: [camera()] });
    assert.deepEqual(between([participant("bob")], [eve]), [
      {
        name: "participantDisconnected",
        params: { sessionId, reason: "left" },
      },
      { name: "participantConnected", params: { participant: eve } },
    ]);
  });

  it("RS7: takes another session of the same identity for another stay", () => {
    const again = participant("bob", { sessionId: "s-bob-2" });
    const names = between([participant("bob")], [again]).map(({ name }) =>
      name
    );
    assert.deepEqual(names, [
      "participantDisconnected",
      "participantConnected",
    ]);
  });

  it("RS7: is a new name, or new metadata", () => {
    assert.deepEqual(ofBob({}, { name: "Robert" }), [{
      name: "participantUpdated",
      params: { sessionId, name: "Robert", metadata: undefined },
    }]);
    assert.deepEqual(ofBob({ metadata: { a: 1 } }, { metadata: { a: 2 } }), [{
      name: "participantUpdated",
      params: { sessionId, name: "bob", metadata: { a: 2 } },
    }]);
  });

  it("RS7: is a connection that was lost, or is back", () => {
    const lost = { state: "reconnecting", graceUntil: 5_000 } as const;
    assert.deepEqual(ofBob({}, lost), [{
      name: "participantReconnecting",
      params: { sessionId, graceUntil: 5_000, graceMs: 4_000 },
    }]);
    assert.deepEqual(ofBob(lost, lost), []);
    assert.deepEqual(ofBob(lost, { ...lost, graceUntil: 9_000 }), [{
      name: "participantReconnecting",
      params: { sessionId, graceUntil: 9_000, graceMs: 8_000 },
    }]);
    assert.deepEqual(ofBob(lost, {}), [
      { name: "participantReconnected", params: { sessionId } },
    ]);
  });

  it("RS7: is another media state", () => {
    assert.deepEqual(ofBob({}, { mediaState: "failed" }), [
      { name: "mediaStateChanged", params: { sessionId, state: "failed" } },
    ]);
  });

  it("RS7: is tracks that have gone, and come", () => {
    assert.deepEqual(
      ofBob({ producers: [camera()] }, { producers: [microphone()] }),
      [
        {
          name: "producerRemoved",
          params: {
            sessionId,
            producerId: "p-camera",
            key: "camera",
            cause: "closed",
          },
        },
        {
          name: "producerAdded",
          params: { sessionId, producer: microphone() },
        },
      ],
    );
  });

  it("RS7: is a track that comes through another producer", () => {
    assert.deepEqual(
      ofBob({ producers: [camera()] }, { producers: [camera("p-2")] }),
      [{
        name: "producerReplaced",
        params: {
          sessionId,
          oldProducerId: "p-camera",
          producer: camera("p-2"),
        },
      }],
    );
  });

  it("RS7: is another track where the key is the same and the kind is not", () => {
    const other = { ...microphone("p-2"), key: "camera" };
    const names = ofBob({ producers: [camera()] }, { producers: [other] })
      .map(({ name }) => name);
    assert.deepEqual(names, ["producerRemoved", "producerAdded"]);
  });

  it("RS7: is a track that was muted, or unmuted", () => {
    const muted = { ...camera(), paused: true };
    const params = { sessionId, producerId: "p-camera", key: "camera" };
    assert.deepEqual(ofBob({ producers: [camera()] }, { producers: [muted] }), [
      { name: "producerPaused", params },
    ]);
    assert.deepEqual(ofBob({ producers: [muted] }, { producers: [camera()] }), [
      { name: "producerResumed", params },
    ]);
  });

  it("RS7: is data channels that have gone, come, or are replaced", () => {
    const replaced = { ...chat, dataProducerId: "d-2" };
    const renamed = { ...chat, label: "talk" };
    assert.deepEqual(
      ofBob({ dataProducers: [chat] }, { dataProducers: [replaced] }),
      [{
        name: "dataProducerReplaced",
        params: {
          sessionId,
          oldDataProducerId: "d-1",
          dataProducer: replaced,
        },
      }],
    );
    assert.deepEqual(
      ofBob({ dataProducers: [chat] }, { dataProducers: [renamed] }),
      [
        {
          name: "dataProducerRemoved",
          params: {
            sessionId,
            dataProducerId: "d-1",
            key: "chat",
            cause: "closed",
          },
        },
        {
          name: "dataProducerAdded",
          params: { sessionId, dataProducer: renamed },
        },
      ],
    );
  });
});
