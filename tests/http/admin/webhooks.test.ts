import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { assertProblem, Stage } from "./stage.ts";

const PATH = "/webhooks/dead-letters";
const letter = (number: number, room: string) => ({
  number,
  receiver: "https://hooks.example",
  room,
  epoch: 1,
  seq: number,
  type: "roomStarted",
  messageId: `message-${number}`,
  at: 1,
  body: "{}",
  attempts: 7,
  diedAt: 2,
  reason: "HTTP 500",
});

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.letters.push(letter(9, "a"), letter(10, "b"), letter(11, "a"));
});

async function numbers(query = "", token = "operator") {
  const page = z.object({
    items: z.array(z.looseObject({ number: z.int() })),
    nextPageToken: z.string().optional(),
  }).parse(await stage.done("GET", `${PATH}${query}`, { token }));
  return { ...page, numbers: page.items.map(({ number }) => number) };
}

describe("the dead letters", () => {
  it("are listed, the oldest first, in pages", async () => {
    const first = await numbers("?pageSize=2");
    assert.deepEqual(first.numbers, [9, 10]);
    const rest = await numbers(`?pageToken=${first.nextPageToken}`);
    assert.deepEqual(rest.numbers, [11]);
  });

  it("are shown to those who manage their rooms", async () => {
    assert.deepEqual((await numbers("", "operator-of-a")).numbers, [9, 11]);
    const token = "operator-of-a";
    const path = `${PATH}/10/redeliver`;
    assertProblem(await stage.call("POST", path, { token }), 403, /room b/);
    assert.deepEqual(stage.redelivered, []);
  });

  it("are sent again, if they are there and can be", async () => {
    await stage.done("POST", `${PATH}/9/redeliver`);
    assert.deepEqual(stage.redelivered, [9]);
    const none = await stage.call("POST", `${PATH}/1/redeliver`);
    assertProblem(none, 404, /no such dead letter/);
    const bad = await stage.call("POST", `${PATH}/x/redeliver`);
    assertProblem(bad, 400, /number/);
    stage.isRedelivering = false;
    const full = await stage.call("POST", `${PATH}/9/redeliver`);
    assertProblem(full, 409, /receiver is gone/);
  });
});
