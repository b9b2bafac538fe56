/**
 * Writes the protocol's reference out of its zod schemas: the JSON Schema
 * document whole, and the generated parts of `docs/protocol.md`.
 *
 *     deno task schema
 *
 * @module
 */
import { z } from "zod";
import * as envelope from "../../protocol/envelope.ts";
import * as errors from "../../protocol/errors.ts";
import * as happenings from "../../protocol/events.ts";
import * as media from "../../protocol/media.ts";
import { methods, serverMethods } from "../../protocol/methods.ts";
import * as model from "../../protocol/model.ts";
import type { JsonSchema, ProtocolSchema } from "./json_schema.ts";
import { fillGenerated } from "./reference.ts";

type Types = z.core.$ZodRegistry<{ id: string }>;
type Overridden = {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
};

const SCHEMA_FILE = new URL("../../docs/protocol.schema.json", import.meta.url);
const REFERENCE_FILE = new URL("../../docs/protocol.md", import.meta.url);

/**
 * One document with a definition for every schema of the protocol. Methods are
 * `join.params` and `join.result`; events and hints go by their own names.
 */
function protocolSchema(): ProtocolSchema {
  const types = namedTypes();
  const definitions = new Map<string, JsonSchema>();
  const { schemas } = z.toJSONSchema(types, {
    uri: (id) => `#/$defs/${id}`,
    override: tidy,
  });
  for (const [id, schema] of Object.entries(schemas)) {
    definitions.set(id, bare(schema));
  }
  for (const [id, schema] of messages()) {
    const json = z.toJSONSchema(schema, { metadata: types, override: tidy });
    definitions.set(id, bare(json));
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `The ${envelope.SUBPROTOCOL} protocol`,
    description: "Written by `deno task schema`; see protocol.md.",
    $defs: Object.fromEntries(
      [...definitions].sort(([a], [b]) => a < b ? -1 : 1),
    ),
  };
}

/** Everything that the protocol's modules export as a schema. */
function namedTypes(): Types {
  const types: Types = z.registry();
  for (const module of [model, media, happenings, envelope, errors]) {
    for (const [id, value] of Object.entries(module)) {
      if (value instanceof z.ZodType) types.add(value, { id });
    }
  }
  return types;
}

function* messages(): Iterable<[string, z.ZodType]> {
  const calls = { ...methods, ...serverMethods };
  for (const [name, { params, result }] of Object.entries(calls)) {
    yield [`${name}.params`, params];
    yield [`${name}.result`, result];
  }
  yield* Object.entries({
    ...happenings.events,
    ...happenings.hints,
  });
}

/** Without what belongs to a document of its own. */
function bare({ $schema: _, $id: __, $defs: ___, ...rest }: JsonSchema) {
  return rest;
}

function tidy({ zodSchema, jsonSchema }: Overridden): void {
  const { def } = zodSchema._zod;
  // Whoever reads an open object ignores what it does not know.
  if (def.type === "object" && !("catchall" in def)) {
    delete jsonSchema.additionalProperties;
  }
  const { maximum, minimum } = jsonSchema;
  if (maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** The schema file as it has to be. */
export const schemaText = (): string =>
  JSON.stringify(protocolSchema(), null, 2) + "\n";

/** The reference as it has to be, its hand-written parts taken from `markdown`. */
export const referenceText = (markdown: string): string =>
  fillGenerated(markdown, protocolSchema());

if (import.meta.main) {
  await Deno.writeTextFile(SCHEMA_FILE, schemaText());
  const markdown = await Deno.readTextFile(REFERENCE_FILE);
  await Deno.writeTextFile(REFERENCE_FILE, referenceText(markdown));
}
