/**
 * A JSON Schema in the short notation of TypeScript, with its bounds as
 * comments.
 *
 * @module
 */
import type { JsonSchema } from "./json_schema.ts";

const WIDTH = 76;

/** Shows `schema` on one line where it fits, `depth` steps from the margin. */
export function shape(schema: JsonSchema | boolean, depth = 0): string {
  if (typeof schema === "boolean") return schema ? "unknown" : "never";
  const note = bounds(schema);
  return bare(schema, depth) + (note === "" ? "" : ` /* ${note} */`);
}

function bare(schema: JsonSchema, depth: number): string {
  if (schema.$ref !== undefined) return schema.$ref.replace("#/$defs/", "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) {
    return lines(schema.enum.map((value) => JSON.stringify(value)), depth);
  }
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) {
    return lines(either.map((one) => shape(one, depth + 1)), depth);
  }
  switch (schema.type) {
    case "object":
      return schema.properties === undefined &&
          schema.additionalProperties !== undefined
        ? `Record<string, ${shape(schema.additionalProperties, depth)}>`
        : object(schema, depth);
    case "array":
      return list(schema, depth);
    case "integer":
    case "number":
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    default:
      return "unknown";
  }
}

function list({ items }: JsonSchema, depth: number): string {
  const item = items === undefined || Array.isArray(items)
    ? "unknown"
    : shape(items, depth);
  return /^[\w.]+$/.test(item) || item.endsWith("}")
    ? `${item}[]`
    : `(${item})[]`;
}

function object(
  { properties = {}, required = [] }: JsonSchema,
  depth: number,
): string {
  const fields = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? "" : "?";
    return `${name}${mark}: ${shape(field, depth + 1)}`;
  });
  if (fields.length === 0) return "{}";
  const short = `{ ${fields.join("; ")} }`;
  if (fits(short, depth)) return short;
  const indent = "  ".repeat(depth);
  return `{\n${
    fields.map((field) => `${indent}  ${field};\n`).join("")
  }${indent}}`;
}

function lines(alternatives: string[], depth: number): string {
  const short = alternatives.join(" | ");
  if (fits(short, depth)) return short;
  const indent = "  ".repeat(depth + 1);
  return alternatives.map((one) => `\n${indent}| ${one}`).join("");
}

const fits = (text: string, depth: number) =>
  !text.includes("\n") && text.length + 2 * depth <= WIDTH;

function bounds(schema: JsonSchema): string {
  const { minLength, maxLength, minItems, maxItems, pattern } = schema;
  return [
    schema.$ref === undefined ? range(schema.minimum, schema.maximum) : "",
    schema.exclusiveMinimum === undefined
      ? ""
      : `above ${schema.exclusiveMinimum}`,
    range(minLength, maxLength, "characters"),
    range(minItems, maxItems, "items"),
    pattern ?? "",
  ].filter((part) => part !== "").join(", ");
}

function range(low?: number, high?: number, what = ""): string {
  const unit = what === "" ? "" : ` ${what}`;
  if (low === undefined && high === undefined) return "";
  if (high === undefined) return `${low} or more${unit}`;
  return low === undefined
    ? `up to ${high}${unit}`
    : `${low} to ${high}${unit}`;
}
