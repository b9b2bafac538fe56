import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { hashSecret, newSecret, newSessionId } from "../../rooms/secrets.ts";

describe("a secret", () => {
  it("RS5: has 256 bits that nobody can guess, and a hash of equal length for all", () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    for (const { plain, hash } of secrets) {
      assert.match(plain, /^[\w-]{43}$/);
      assert.match(hash, /^[\w-]{43}$/);
      assert.equal(hashSecret(plain), hash);
      assert.notEqual(plain, hash);
    }
    assert.equal(new Set(secrets.map(({ plain }) => plain)).size, 100);
  });

  it("is unlike the id of a session, which others know", () => {
    assert.match(newSessionId(), /^[\w-]{22}$/);
    assert.notEqual(newSessionId(), newSessionId());
  });
});
