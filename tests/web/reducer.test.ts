import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Action, reduce } from "../../web/room/state/reducer.ts";
import type { State, Toast } from "../../web/room/state/state.ts";
import { emptyRoom, lobbyState } from "./fakes/state.ts";

const play = (actions: Action[], from = lobbyState()): State =>
  actions.reduce(reduce, from);

const joined: Action = { type: "joined", view: emptyRoom() };
const message = (id: number, isOwn = false): Action => ({
  type: "message",
  message: { id, from: "Ann", isOwn, text: "Hello", at: 0 },
});
const toast = (id: number, tone: Toast["tone"] = "news"): Action => ({
  type: "toast",
  toast: { id, text: `toast ${id}`, tone },
});

function roomAfter(...actions: Action[]) {
  const { phase } = play([joined, ...actions]);
  assert.ok(phase.at === "inRoom");
  return phase;
}

describe("the phases of the page", () => {
  it("go from the lobby over joining into the room, and end", () => {
    const phases = [
      play([{ type: "joining" }]),
      play([{ type: "joining" }, joined]),
      play([joined, { type: "ended", reason: "removed" }]),
    ];
    assert.deepEqual(phases.map(({ phase }) => phase.at), [
      "joining",
      "inRoom",
      "ended",
    ]);
  });

  it("lead back to the lobby with a notice when joining fails", () => {
    const notice = { title: "Full", text: "Wait." };
    const { phase } = play([
      { type: "joining" },
      { type: "joinFailed", notice },
    ]);
    assert.deepEqual(phase, { at: "lobby", notice });
  });

  it("keep the name and take the room when the lobby opens again", () => {
    const { form } = play([{ type: "lobbyOpened", room: "cake" }]);
    assert.deepEqual(form, { name: "Me", room: "cake" });
  });

  it("begin each call without the messages of the one before", () => {
    assert.deepEqual(roomAfter(message(1), joined).messages, []);
  });

  it("drop what comes late from a room that was left", () => {
    const ended = play([joined, { type: "ended", reason: "left" }]);
    assert.equal(play([message(1), toast(2)], ended), ended);
  });
});

describe("the connection", () => {
  const reconnecting: Action = {
    type: "connectionNews",
    news: { type: "reconnecting" },
    at: 1_000,
  };

  it("is followed in a room, and begins anew with each call", () => {
    const { outage } = roomAfter(reconnecting).connection;
    assert.deepEqual(outage, { at: "out", since: 1_000, step: undefined });
    assert.equal(roomAfter(reconnecting, joined).connection.outage.at, "none");
  });

  it("takes nobody for speaking while it is lost", () => {
    const levels: Action = { type: "levels", speaking: new Set(["s1"]) };
    assert.deepEqual([...roomAfter(levels).speaking], ["s1"]);
    assert.deepEqual([...roomAfter(levels, reconnecting).speaking], []);
    assert.deepEqual([...roomAfter(reconnecting, levels).speaking], ["s1"]);
  });

  it("shows the fault that is being made, until there is none", () => {
    const simulation = { fault: "both", until: 9_000 } as const;
    const start: Action = { type: "simulationChanged", simulation };
    const stop: Action = { type: "simulationChanged", simulation: undefined };
    assert.deepEqual(roomAfter(start).simulation, simulation);
    assert.equal(roomAfter(start, stop).simulation, undefined);
  });
});

describe("messages", () => {
  it("of others are counted while the chat is closed, one's own never", () => {
    assert.equal(roomAfter(message(1), message(2), message(3, true)).unread, 2);
  });

  it("are read once the chat is open", () => {
    const open: Action = { type: "panel", panel: "chat" };
    assert.equal(roomAfter(message(1), open, message(2)).unread, 0);
    const closed: Action = { type: "panel", panel: undefined };
    assert.equal(roomAfter(open, closed, message(1)).unread, 1);
  });

  it("are kept to the last 500", () => {
    const many = Array.from({ length: 510 }, (_, id) => message(id));
    const { messages } = roomAfter(...many);
    assert.equal(messages.length, 500);
    assert.equal(messages[0]?.id, 10);
  });
});

describe("toasts", () => {
  const ids = (...actions: Action[]) =>
    roomAfter(...actions).toasts.map(({ id }) => id);

  it("are three at most, the newest", () => {
    assert.deepEqual(ids(toast(1), toast(2), toast(3), toast(4)), [2, 3, 4]);
  });

  it("go one by one", () => {
    assert.deepEqual(ids(toast(1), toast(2), { type: "toastGone", id: 1 }), [
      2,
    ]);
  });

  it("of messages go when the chat opens, others stay", () => {
    const open: Action = { type: "panel", panel: "chat" };
    assert.deepEqual(ids(toast(1, "message"), toast(2), open), [2]);
  });
});
