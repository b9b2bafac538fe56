/**
 * Who may use the admin API: the bearer of an access token with the grant
 * `admin`, in the rooms that its claim `room` names.
 *
 * @module
 */
import { createMiddleware } from "hono/factory";
import { errors } from "../../protocol/mod.ts";
import { Refusal } from "./refusal.ts";

export type Operator = {
  readonly identity: string;
  /** A name, or `*` for every room. */
  readonly room: string;
  /** Of the token: milliseconds since 1970. */
  readonly expiresAt: number;
};

/** What a token says. */
export type ReadToken = (token: string) => Promise<
  | {
    readonly ok: true;
    readonly claims: Operator & {
      readonly grants: { readonly admin: boolean };
    };
  }
  | {
    readonly ok: false;
    readonly error: Extract<keyof typeof errors, `token${string}`>;
    readonly detail?: string;
  }
  /** Nothing can be said about it for now. */
  | {
    readonly ok: false;
    readonly error: "busy";
    readonly retryAfterMs: number;
  }
>;

export type AdminEnv = { readonly Variables: { readonly operator: Operator } };

const REALM = 'Bearer realm="holdfast admin"';
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** Lets operators in, and nobody else (RFC 6750). */
export const operatorsOnly = (readToken: ReadToken) =>
  createMiddleware<AdminEnv>(async (c, next) => {
    const token = BEARER.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined) {
      throw new Refusal(
        401,
        "An access token is needed: Authorization: Bearer",
        {
          headers: { "WWW-Authenticate": REALM },
        },
      );
    }
    c.set("operator", await operatorOf(token, readToken));
    await next();
  });

async function operatorOf(
  token: string,
  readToken: ReadToken,
): Promise<Operator> {
  const read = await readToken(token);
  if (!read.ok && read.error === "busy") throw notNow(read.retryAfterMs);
  if (!read.ok) throw notTaken(read.error, read.detail);
  const { identity, room, expiresAt, grants } = read.claims;
  if (!grants.admin) throw notGranted("The access token has no grant admin");
  return { identity, room, expiresAt };
}

const notNow = (retryAfterMs: number) =>
  new Refusal(503, "Access tokens cannot be checked for now", {
    reason: "busy",
    headers: { "Retry-After": String(Math.ceil(retryAfterMs / 1_000)) },
  });

function notTaken(
  error: keyof typeof errors,
  detail: string | undefined,
): Refusal {
  const { message } = errors[error];
  const whole = detail === undefined ? message : `${message}: ${detail}`;
  return new Refusal(401, whole, {
    reason: error,
    headers: {
      "WWW-Authenticate":
        `${REALM}, error="invalid_token", error_description="${message}"`,
    },
  });
}

const notGranted = (detail: string) =>
  new Refusal(403, detail, {
    reason: "forbidden",
    headers: {
      "WWW-Authenticate": `${REALM}, error="insufficient_scope", scope="admin"`,
    },
  });

export const mayManage = ({ room: granted }: Operator, room: string): boolean =>
  granted === "*" || granted === room;

/** @throws {Refusal} for a room that is not the operator's. */
export function checkRoom(operator: Operator, room: string): void {
  if (mayManage(operator, room)) return;
  throw notGranted(`The access token does not grant the room ${room}`);
}

/** @throws {Refusal} where the service as a whole is meant. */
export function checkAllRooms({ room }: Operator): void {
  if (room === "*") return;
  throw notGranted("The access token does not grant all rooms");
}
