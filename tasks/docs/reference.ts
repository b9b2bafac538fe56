/**
 * The parts of `docs/protocol.md` that are written from code. Each stands
 * between `<!-- generated: NAME -->` and `<!-- end -->`.
 *
 * @module
 */
import { errors } from "../../protocol/errors.ts";
import { closeCodes, type CloseName } from "../../protocol/events.ts";
import type { Policy } from "../../protocol/model.ts";
import type { JsonSchema, ProtocolSchema } from "./json_schema.ts";
import { shape } from "./shape.ts";

const BLOCK = /<!-- generated: (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** Fills every generated block. A name that nothing generates is an error. */
export function fillGenerated(
  markdown: string,
  schema: ProtocolSchema,
): string {
  return markdown.replaceAll(
    BLOCK,
    (_, name: string) =>
      `<!-- generated: ${name} -->\n\n${
        generate(name, schema)
      }\n\n<!-- end -->`,
  );
}

function generate(name: string, { $defs }: ProtocolSchema): string {
  if (name === "errors") return errorTable();
  if (name === "closeCodes") return closeTable();
  if (name === "policy") return policyTable(definition($defs, "Policy"));
  if (name === "types") return types($defs);
  if (`${name}.params` in $defs) {
    return fence([
      `params: ${shape(definition($defs, `${name}.params`))}`,
      `result: ${shape(definition($defs, `${name}.result`))}`,
    ]);
  }
  return fence([`params: ${shape(definition($defs, name))}`]);
}

function definition(
  $defs: ProtocolSchema["$defs"],
  name: string,
): JsonSchema {
  const found = $defs[name];
  if (found === undefined) {
    throw new RangeError(`Cannot generate "${name}": no schema has that name`);
  }
  return found;
}

/** The formatter would make these notations longer than they need to be. */
const fence = (lines: string[]) =>
  [
    "<!-- deno-fmt-ignore-start -->",
    "",
    "```ts",
    ...lines,
    "```",
    "",
    "<!-- deno-fmt-ignore-end -->",
  ].join("\n").replaceAll(/ +\n/g, "\n");

/** The named types that methods and events refer to. */
function types($defs: ProtocolSchema["$defs"]): string {
  const framing = ["Request", "RequestId", "Response", "Notification"];
  const names = Object.keys($defs).filter((name) =>
    /^[A-Z]/.test(name) && !framing.includes(name) && name !== "Policy"
  );
  return fence(
    names.map((name) => `type ${name} = ${shape(definition($defs, name))}`),
  );
}

function errorTable(): string {
  const rows = Object.entries(errors)
    .sort(([, a], [, b]) => a.code - b.code)
    .map(([name, { code, status, fatal, message }]) => [
      `${code}`,
      `\`${name}\``,
      `\`${status}\``,
      fatal ? "yes" : "",
      message,
    ]);
  return table(["code", "name here", "status", "fatal", "message"], rows);
}

const closings = {
  left: "The client left.",
  goingAway: "The service stops. Join again, after a random wait.",
  protocolError: "The client spoke something else than this protocol.",
  policyViolation: "The client reads or writes in a way that is not allowed.",
  frameTooLarge: "The client sent a frame above the limit.",
  internalError: "The service failed. Join again, after a random wait.",
  tryAgainLater: "The service is overloaded. Join again, after a random wait.",
  joinRejected: "The first message was refused; the error before says why.",
  joinTimeout: "No first message came in time.",
  timeout: "Nothing was heard of the client for `timeoutMs`. Resume.",
  duplicateIdentity: "The same identity joined again. Do not join by yourself.",
  removed: "The participant was removed. Do not join by yourself.",
  roomClosed: "The room was closed. Do not join by yourself.",
  resumed: "The session goes on, on another connection.",
} as const satisfies Record<CloseName, string>;

function closeTable(): string {
  const rows = Object.entries(closeCodes).map(([name, code]) => [
    `${code}`,
    `\`${name}\``,
    closings[name as CloseName],
  ]);
  return table(["code", "name here", "meaning"], rows);
}

const allowances = {
  pingIntervalMs: "between two pings of the server",
  timeoutMs: "of silence after which a connection is lost",
  suspectAfterMs: "of silence after which a client seeks another connection",
  evictAfterMs: "from the last sign of life to the end of a lost session",
  maxLogEvents: "events kept for a session until it acknowledges them",
  maxLogBytes: "bytes of them",
  maxWrongSecrets: "in a minute, of one session",
  maxMessagesPerSecond: "of a client, with one more for each KiB",
  maxMessageBurst: "at once; the session ends (1008) above twice as many",
  requireTokenOnResume: "whether a resume wants a token that still holds",
  tokenRefreshMs: "before its access token expires that a client is asked",
  dtlsTimeoutMs: "from `connectWebRtcTransport` to DTLS connected",
  iceRestartWindowMs: "for which `maxIceRestarts` is meant",
  maxIceRestarts: "requests of one participant to restart ICE",
  mediaCheckAfterMs: "of an outage after which transports are looked at",
  emptyRoomMs: "that an empty room lives on",
  maxParticipants: "in the room",
  maxTransports: "of one participant, at a time",
  maxProducers: "of one participant, at a time",
  maxDataProducers: "of one participant, at a time",
  maxConsumers: "of one participant, at a time, of media and data together",
  maxMessageBytes: "of JSON in the `body` of a `sendMessage`",
  maxMetadataBytes: "of JSON in `metadata` or `appData`",
  duplicateIdentity: "what a second join with the same identity does",
  codecs: "that may be published, in the order in which browsers try them",
} as const satisfies Record<keyof Policy, string>;

function policyTable({ properties = {} }: JsonSchema): string {
  const rows = Object.entries(allowances).map(([name, meaning]) => {
    const { default: usual, ...field } = asObject(properties[name]);
    return [`\`${name}\``, meaning, `\`${shape(field)}\``, `${usual}`];
  });
  return table(["field", "meaning", "type", "default"], rows);
}

const asObject = (schema: JsonSchema | boolean = {}): JsonSchema =>
  typeof schema === "boolean" ? {} : schema;

/** A table as `deno fmt` lays it out, so that generating it again changes nothing. */
function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|"))
  );
  const widths = head.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? "").length))
  );
  const line = (row: string[], filler = " ") =>
    `| ${
      row.map((cell, column) => cell.padEnd(widths[column] ?? 0, filler))
        .join(" | ")
    } |`;
  const [first = [], ...others] = cells;
  const rule = line(first.map(() => ""), "-");
  return [line(first), rule, ...others.map((row) => line(row))].join("\n");
}
