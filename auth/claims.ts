/**
 * What an access token says.
 *
 * @module
 */
import { z } from "zod";
import {
  AppData,
  describe,
  DisplayName,
  Grants,
  type GrantsPatch,
  Identity,
  RoomName,
} from "../protocol/mod.ts";
import { refuse, type Refused } from "./refusal.ts";

/** Where a token holds; `*`: in every room. */
const Where = z.union([z.literal("*"), RoomName]);

/** A misspelt grant must not be taken for one that was left out. */
const GivenGrants = z.strictObject(Grants.shape).prefault({});

const Payload = z.object({
  sub: Identity,
  room: Where,
  exp: z.number(),
  iat: z.number().optional(),
  name: DisplayName.optional(),
  metadata: AppData.optional(),
  grants: z.unknown().optional(),
});

/** What somebody who gives tokens out decides; the rest has defaults. */
export type TokenClaims = {
  /** The identity. */
  readonly sub: string;
  readonly room: string;
  readonly name?: string | undefined;
  readonly metadata?: unknown;
  readonly grants?: GrantsPatch | undefined;
};

/** Of somebody who manages all rooms, and is in none. */
export const OPERATOR: TokenClaims = {
  sub: "operator",
  room: "*",
  grants: {
    join: false,
    publish: false,
    subscribe: false,
    sendData: false,
    updateMetadata: false,
    admin: true,
  },
};

/** What a token that holds says, with the defaults filled in. */
export type AccessClaims = {
  readonly identity: string;
  /** A name, or `*` for every room. */
  readonly room: string;
  readonly grants: Grants;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly name?: string;
  readonly metadata?: unknown;
};

export type ReadToken =
  | { readonly ok: true; readonly claims: AccessClaims }
  | Refused;

/** @param latestS When it may have been issued at the latest: seconds since 1970. */
export function readClaims(payload: unknown, latestS: number): ReadToken {
  const read = Payload.safeParse(payload);
  if (!read.success) return refuse("tokenInvalid", describe(read.error));
  const { sub: identity, room, exp, iat, name, metadata } = read.data;
  if (iat !== undefined && iat > latestS) {
    return refuse("tokenNotYetValid", "it was issued in the future (iat)");
  }
  const grants = GivenGrants.safeParse(read.data.grants);
  if (!grants.success) {
    return refuse("tokenGrantsInvalid", describe(grants.error));
  }
  return {
    ok: true,
    claims: {
      identity,
      room,
      grants: grants.data,
      expiresAt: exp * 1_000,
      ...(name !== undefined && { name }),
      ...(metadata !== undefined && { metadata }),
    },
  };
}

/** Whether a token holds in this room. */
export const isFor = (
  { room: granted }: Pick<AccessClaims, "room">,
  room: string,
): boolean => granted === "*" || granted === room;
