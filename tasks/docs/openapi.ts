/**
 * Writes down what the admin API is: its OpenAPI document, and the types of its
 * clients out of that.
 *
 *     deno task schema
 *
 * @module
 */
import openapiTS, { astToString } from "openapi-typescript";
import { adminApi } from "../../http/admin/api.ts";
import type { AdminOptions } from "../../http/admin/options.ts";

const DOCUMENT_FILE = new URL("../../docs/openapi.json", import.meta.url);
const TYPES_FILE = new URL("../../admin/api.ts", import.meta.url);
const TYPES_HEAD = `/**
 * The types of the admin API, written by \`deno task schema\` out of
 * docs/openapi.json.
 *
 * @module
 */
// deno-fmt-ignore-file
// deno-lint-ignore-file
`;

const unused = () => {
  throw new TypeError("Cannot answer: this API is here to be described");
};

/** An API that nobody asks for anything but its description. */
const inert: AdminOptions = {
  rooms: {
    state: "closing",
    list: unused,
    create: unused,
    command: unused,
    getStats: unused,
    drain: unused,
    undrain: unused,
  },
  announcements: { lastId: 0, since: unused, subscribe: unused },
  link: { state: "closed", call: unused },
  readToken: unused,
  issueToken: unused,
  iceServersFor: unused,
  clock: { now: unused, after: unused },
  log: { debug() {}, info() {}, warn() {}, error() {}, with: unused },
};

/** The document as it has to be. */
export async function documentText(): Promise<string> {
  const response = await adminApi(inert).request("/openapi.json");
  return `${JSON.stringify(await response.json(), null, 2)}\n`;
}

/** The types as they have to be. */
export async function typesText(document: string): Promise<string> {
  return `${TYPES_HEAD}\n${astToString(await openapiTS(document))}`;
}

if (import.meta.main) {
  const document = await documentText();
  await Deno.writeTextFile(DOCUMENT_FILE, document);
  await Deno.writeTextFile(TYPES_FILE, await typesText(document));
}
