import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Policy } from "../../protocol/mod.ts";
import {
  CHAT_TOPIC,
  chatBody,
  chatText,
  LONGEST_MESSAGE,
} from "../../web/room/call/chat.ts";

describe("a chat message", () => {
  it("is read as it was written", () => {
    assert.equal(chatText(CHAT_TOPIC, chatBody("Tea?")), "Tea?");
  });

  it("is none when it has another topic or is no text", () => {
    assert.equal(chatText("cursor", chatBody("Tea?")), undefined);
    for (const body of [undefined, "Tea?", {}, { text: 1 }, { text: "" }]) {
      assert.equal(chatText(CHAT_TOPIC, body), undefined);
    }
    const long = { text: "x".repeat(LONGEST_MESSAGE + 1) };
    assert.equal(chatText(CHAT_TOPIC, long), undefined);
  });

  it("fits into what a room allows, in any script", () => {
    const body = JSON.stringify(chatBody("茶".repeat(LONGEST_MESSAGE * 2)));
    const bytes = new TextEncoder().encode(body).length;
    assert.ok(bytes < Policy.parse({}).maxMessageBytes);
  });
});
