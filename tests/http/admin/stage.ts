import assert from "node:assert/strict";
import { z } from "zod";
import { adminApi } from "../../../http/admin/api.ts";
import type { TokenRequest } from "../../../http/admin/options.ts";
import type { DeadLetter } from "../../../http/admin/schemas/webhooks.ts";
import { AnnouncementHub } from "../../../rooms/announcements.ts";
import { VirtualClock } from "../../rooms/fakes/clock.ts";
import { FakeLink } from "../../rooms/fakes/link.ts";
import { keepingLog } from "../../rooms/fakes/log.ts";
import { type Document, openapi } from "./document.ts";
import { FakeRooms } from "./fake_rooms.ts";

type Call = {
  /** `Bearer`; `null`: none [that of an operator of all rooms]. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** JSON; `undefined`: none. */
  readonly body: unknown;
};

/** The admin API with fakes around it. Each answer must fit the document. */
export class Stage {
  readonly rooms = new FakeRooms();
  readonly link = new FakeLink();
  readonly clock = new VirtualClock();
  readonly lines: Record<string, unknown>[];
  readonly hub: AnnouncementHub;
  /** What tokens were made for. */
  readonly issued: { claims: TokenRequest; ttlS: number }[] = [];
  readonly letters: DeadLetter[] = [];
  readonly redelivered: number[] = [];
  isRedelivering = true;
  readonly api: ReturnType<typeof adminApi>;

  constructor() {
    const { log, lines } = keepingLog();
    const { clock } = this;
    this.lines = lines;
    this.hub = new AnnouncementHub({ clock, log, capacity: 8 });
    this.api = adminApi({
      rooms: this.rooms,
      announcements: this.hub,
      link: this.link,
      readToken,
      issueToken: (claims, ttlS) => {
        this.issued.push({ claims, ttlS });
        return Promise.resolve(`token for ${claims.room}`);
      },
      iceServersFor: (name, now) => ({
        servers: [{ urls: ["turn:t"], username: `${now}:${name}` }],
      }),
      webhooks: {
        listDeadLetters: () => this.letters,
        redeliver: (number) => {
          this.redelivered.push(number);
          return this.isRedelivering;
        },
      },
      clock,
      log,
    });
  }

  /** A room announces something. */
  happen(seq: number, room = "r"): void {
    const announcement = { type: "roomStarted" } as const;
    this.hub.add({ room, epoch: 1, seq, announcement });
  }

  /** Answers as a service whose admin API this is. */
  answer = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    assert.ok(pathname.startsWith("/admin/v1/"), pathname);
    const path = `${pathname.slice("/admin/v1".length)}${search}`;
    return await this.api.request(path, request);
  };

  /** In the place of the global one; aborting ends what is on its way, too. */
  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const response = await this.answer(request);
    const { signal } = request;
    const body = response.body?.pipeThrough(new TransformStream(), { signal });
    return new Response(body ?? null, response);
  };

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    return await this.api.request(path, init);
  }

  async call(
    method: string,
    path: string,
    { token = "operator", body, headers = {} }: Call = {},
  ): Promise<Answer> {
    const response = await this.request(path, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    assertDescribed(method, path, answer);
    return answer;
  }

  /** Calls, and sees to it that it is done: gives the body. */
  async done(method: string, path: string, call: Call = {}): Promise<unknown> {
    const { status, body } = await this.call(method, path, call);
    assert.ok(status < 300, `${status} ${JSON.stringify(body)}`);
    return body;
  }
}

/**
 * `operator` is for all rooms, `operator-of-r` for one, `guest` for none;
 * `operator~r` is the first of them with a token for one room.
 */
function readToken(token: string) {
  const [, admin, room = "*"] =
    /^(operator(?:(?:-of-|~)(.+))?|guest)$/.exec(token) ??
      [];
  if (token === "busy") {
    return Promise.resolve(
      { ok: false, error: "busy", retryAfterMs: 1_500 } as const,
    );
  }
  if (admin === undefined) {
    return Promise.resolve({ ok: false, error: "tokenExpired" } as const);
  }
  return Promise.resolve(
    {
      ok: true,
      claims: {
        identity: token.split("~")[0] ?? token,
        room,
        expiresAt: 2_000_000,
        grants: { admin: token !== "guest" },
      },
    } as const,
  );
}

/** @throws {AssertionError} unless it is the problem that is expected. */
export function assertProblem(
  { status, headers, body }: Answer,
  expected: number,
  detail: RegExp,
): void {
  assert.equal(status, expected, JSON.stringify(body));
  assert.equal(headers.get("content-type"), "application/problem+json");
  const problem = z.object({
    type: z.literal("about:blank"),
    title: z.string().min(3),
    status: z.literal(expected),
    detail: z.string().regex(detail),
    reason: z.string().optional(),
  }).strict().safeParse(body);
  assert.ok(problem.success, `${problem.error} ${JSON.stringify(body)}`);
}

/** What is answered is what the document says. */
function assertDescribed(
  method: string,
  path: string,
  { status, headers, body }: Answer,
): void {
  const operation = openapi.find(method, path);
  if (operation === undefined) return;
  const response = operation.responses[status];
  assert.ok(response, `${method} ${path} may not answer ${status}`);
  const type = headers.get("content-type")?.split(";")[0] ?? "";
  const schema = response.content?.[type]?.schema;
  assert.equal(body !== undefined, schema !== undefined, `${status} ${type}`);
  if (schema) assertFits(openapi, schema, body);
}

function assertFits(
  { schemas }: Document,
  schema: Record<string, unknown>,
  body: unknown,
): void {
  const whole = { ...schema, $defs: schemas };
  const text = JSON.stringify(whole)
    .replaceAll("#/components/schemas/", "#/$defs/");
  const read = z.fromJSONSchema(JSON.parse(text)).safeParse(body);
  assert.ok(read.success, `${read.error} ${JSON.stringify(body)}`);
}
