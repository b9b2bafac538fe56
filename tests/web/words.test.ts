import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { HoldfastError } from "../../client/mod.ts";
import {
  EndReason,
  type ErrorName,
  errorObject,
  errors,
} from "../../protocol/mod.ts";
import { TokenError } from "../../web/room/call/token.ts";
import { type MediaProblem, problemOf } from "../../web/room/media/problem.ts";
import { endedWords } from "../../web/room/words/ended_words.ts";
import { joinWords } from "../../web/room/words/join_words.ts";
import { mediaWords, problemWords } from "../../web/room/words/media_words.ts";
import type { Words } from "../../web/room/words/words.ts";

const titleOf = (name: ErrorName) =>
  joinWords(new HoldfastError(errorObject(name))).title;

/** Words for people: a title, and sentences that say what to do. */
function assertReadable({ title, text }: Words): void {
  assert.match(title, /^[A-Z][^.]+$/);
  assert.match(text, /^[A-Z].+\.$/);
  assert.doesNotMatch(`${title} ${text}`, /undefined|Error|\d{4}|null/);
}

describe("why joining failed", () => {
  it("is told apart for what a person can do something about", () => {
    assert.equal(titleOf("roomFull"), "This room is full");
    assert.equal(titleOf("roomEnded"), "This room has ended");
    assert.equal(titleOf("tokenExpired"), "Your invitation has expired");
    assert.equal(titleOf("signalingFailed"), "The service cannot be reached");
    assert.equal(titleOf("duplicateIdentity"), "You are in this room already");
    assert.equal(
      titleOf("mediaServerUnavailable"),
      "Calls are not possible right now",
    );
  });

  it("has words for every error of the protocol, and for anything else", () => {
    for (const name of Object.keys(errors) as ErrorName[]) {
      assertReadable(joinWords(new HoldfastError(errorObject(name))));
    }
    assertReadable(joinWords("a string"));
    assertReadable(joinWords(new TypeError("x is not a function")));
  });

  it("has words for each answer to the request for a token", () => {
    const title = (status?: number) => joinWords(new TokenError(status)).title;
    assert.equal(title(), "The service cannot be reached");
    assert.equal(title(503), "The service cannot be reached");
    assert.equal(title(404), "This page cannot let you in");
    assert.equal(title(400), "That room name does not work");
    assert.equal(title(429), "The service is busy");
  });
});

describe("why a device cannot be had", () => {
  const named = (name: string, message = "") =>
    problemOf(new DOMException(message, name));

  it("is read from the name of what the browser throws", () => {
    assert.equal(named("NotAllowedError"), "refused");
    assert.equal(
      named("NotAllowedError", "Permission denied by system"),
      "refusedBySystem",
    );
    assert.equal(named("NotFoundError"), "notFound");
    assert.equal(named("OverconstrainedError"), "notFound");
    assert.equal(named("NotReadableError"), "inUse");
    assert.equal(named("SomethingNewError"), "unknown");
    assert.equal(problemOf("a string"), "unknown");
  });

  it("has words for each problem of each device", () => {
    const problems: MediaProblem[] = [
      "refused",
      "refusedBySystem",
      "notFound",
      "inUse",
      "lost",
      "insecure",
      "unsupported",
      "unknown",
    ];
    for (const problem of problems) {
      assertReadable(mediaWords(problem, "microphone"));
      const both = problemWords({ microphone: problem, camera: problem });
      assert.ok(both !== undefined);
      assertReadable(both);
      assert.match(both.title, /camera (and|or) microphone/);
    }
  });

  it("names the one device that fails, and none where none does", () => {
    const title = (microphone?: MediaProblem, camera?: MediaProblem) =>
      problemWords({ microphone, camera })?.title;
    assert.equal(title("notFound", undefined), "No microphone was found");
    assert.equal(title(undefined, "inUse"), "Your camera is busy");
    assert.equal(title("notFound", "inUse"), "Your camera is busy");
    assert.equal(title(), undefined);
  });
});

describe("how a call ended", () => {
  it("has words for each reason", () => {
    for (const reason of EndReason.options) assertReadable(endedWords(reason));
  });
});
