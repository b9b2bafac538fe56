import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Validator } from "@seriousme/openapi-schema-validator";
import { documentText, typesText } from "../../../tasks/docs/openapi.ts";
import { openapi } from "./document.ts";
import { Stage } from "./stage.ts";

const read = (path: string) =>
  Deno.readTextFile(new URL(`../../../${path}`, import.meta.url));

describe("the OpenAPI document", () => {
  it("is served to anybody, without a token", async () => {
    const response = await new Stage().request("/openapi.json");
    assert.equal(response.status, 200);
    const served = await response.json();
    assert.equal(served.openapi, "3.1.0");
    assert.deepEqual(served, JSON.parse(await read("docs/openapi.json")));
  });

  it("is valid OpenAPI 3.1, by the validator of others", async () => {
    const validator = new Validator();
    const result = await validator.validate(await read("docs/openapi.json"));
    assert.deepEqual(result, { valid: true });
    assert.equal(validator.version, "3.1");
  });

  it("is what that validator would refuse if it were wrong", async () => {
    const wrong = JSON.parse(await read("docs/openapi.json"));
    wrong.paths["/rooms"].get.responses = [];
    const result = await new Validator().validate(wrong);
    assert.equal(result.valid, false);
  });

  it("is the committed one, and so are the types of the clients", async () => {
    const document = await documentText();
    assert.equal(
      await read("docs/openapi.json"),
      document,
      "run `deno task schema`",
    );
    assert.equal(
      await read("admin/api.ts"),
      await typesText(document),
      "run `deno task schema`",
    );
  });

  it("names every operation once, with its security and its problems", () => {
    const ids = openapi.operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { operationId, security, responses } of openapi.operations) {
      assert.deepEqual(security, [{ operator: [] }], operationId);
      for (const status of ["400", "401", "403"]) {
        const content = responses[status]?.content ?? {};
        assert.deepEqual(
          Object.keys(content),
          ["application/problem+json"],
          operationId,
        );
      }
    }
  });

  it("has an Idempotency-Key on every write, and pages on every list", () => {
    for (const { method, operationId, parameters } of openapi.operations) {
      const names = parameters?.map(({ name }) => name) ?? [];
      const isWrite = method !== "GET";
      assert.equal(names.includes("idempotency-key"), isWrite, operationId);
      const isList = operationId.startsWith("list");
      assert.equal(names.includes("pageToken"), isList, operationId);
    }
  });
});
