import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { textParts } from "../../web/room/meeting/text_parts.ts";

const links = (text: string) =>
  textParts(text).flatMap(({ href }) => href ?? []);

describe("the links in a message", () => {
  it("are found among words, without the sentence's punctuation", () => {
    assert.deepEqual(textParts("See https://a.b/c?d=1, please."), [
      { text: "See ", href: undefined },
      { text: "https://a.b/c?d=1", href: "https://a.b/c?d=1" },
      { text: ", please.", href: undefined },
    ]);
    assert.deepEqual(links("(https://a.b) https://c.d!"), [
      "https://a.b",
      "https://c.d",
    ]);
  });

  it("are of the web only", () => {
    assert.deepEqual(
      links("javascript:alert(1) data:text/html,x ftp://a.b"),
      [],
    );
  });

  it("leave the text as it was", () => {
    const word = fc.oneof(fc.string(), fc.webUrl(), fc.constant(" https://"));
    fc.assert(fc.property(fc.array(word), (words) => {
      const text = words.join(" ");
      return textParts(text).map((part) => part.text).join("") === text;
    }));
  });
});
