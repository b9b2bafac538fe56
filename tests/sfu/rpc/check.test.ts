import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { events, methods } from "../../../sfu/methods.ts";
import { check } from "../../../sfu/rpc/check.ts";
import { fits } from "../../../sfu/rpc/fits.ts";
import { valuesOf } from "./_schema.ts";

type Named = readonly [name: string, schema: z.ZodType];

const schemas: Named[] = [
  ...Object.entries(methods).flatMap(([name, { params, result }]): Named[] => [
    [`params of ${name}`, params],
    [`result of ${name}`, result],
  ]),
  ...Object.entries(events).map(([name, schema]): Named => [
    `event ${name}`,
    schema,
  ]),
];

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));
const scrap = fc.constantFrom(
  null,
  true,
  -1,
  0.5,
  1e300,
  "",
  "x".repeat(600),
  [],
  {},
  [null],
);

/** The value with something in it, at any depth, changed, added or gone. */
function damaged(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    const inner = value.map((part, index) =>
      damaged(part).map((other) => value.with(index, other))
    );
    return fc.oneof(scrap, scrap.map((part) => [...value, part]), ...inner);
  }
  if (typeof value !== "object" || value === null) return scrap;
  const entries = Object.entries(value);
  const inner = entries.map(([name, part]) =>
    damaged(part).map((other) => ({ ...value, [name]: other }))
  );
  const without = entries.map((_, index) =>
    fc.constant(Object.fromEntries(entries.toSpliced(index, 1)))
  );
  const more = scrap.map((part) => ({ ...value, more: part }));
  return fc.oneof(scrap, more, ...inner, ...without);
}

describe("check", () => {
  for (const [name, schema] of schemas) {
    it(`${name}: a good value is seen as good without zod`, () => {
      const test = fits(schema);
      fc.assert(
        fc.property(valuesOf(schema), (value) => {
          const json = asJson(value);
          equal(schema.safeParse(json).success, true);
          equal(test(json), true);
        }),
        { numRuns: 30 },
      );
    });

    it(`${name}: what is taken without zod, zod takes as it stands`, () => {
      const test = fits(schema);
      const values = valuesOf(schema).map(asJson).chain(damaged);
      fc.assert(
        fc.property(values, (value) => {
          if (!test(value)) return;
          deepEqual(schema.parse(value), value);
        }),
        { numRuns: 100 },
      );
    });
  }

  it("answers as zod does", () => {
    const schema = z.object({ a: z.int().min(0).max(3), b: z.string() });
    deepEqual(check(schema, { a: 1, b: "" }), {
      success: true,
      data: { a: 1, b: "" },
    });
    deepEqual(check(schema, { a: 1, b: "", c: 2 }), {
      success: true,
      data: { a: 1, b: "" },
    });
    equal(check(schema, { a: 4, b: "" }).success, false);
    equal(check(schema, { a: 1 }).success, false);
  });

  it("leaves to zod what it does not know itself", () => {
    const unknown: z.ZodType[] = [
      z.string().regex(/x/),
      z.string().refine(() => false),
      z.string().trim(),
      z.uuid(),
      z.coerce.number(),
      z.number().multipleOf(2),
      z.object({}).refine(() => false),
      z.string().transform((text) => text.length),
      z.tuple([z.string()]),
      z.looseObject({}),
    ];
    const values = ["x", " x ", "1", 1, 2, {}, ["x"], { a: 1 }];
    for (const schema of unknown) {
      for (const value of values) {
        if (!fits(schema)(value)) continue;
        deepEqual(schema.parse(value), value);
      }
    }
  });

  it("a member named __proto__ is never taken as it stands", () => {
    const value = JSON.parse('{"a":"x","__proto__":{"a":1}}');
    equal(fits(z.record(z.string(), z.unknown()))(value), false);
    equal(fits(z.object({ a: z.string() }))(value), false);
  });
});
