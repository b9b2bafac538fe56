/**
 * What the admin API needs of the rest of the service.
 *
 * @module
 */
import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type { Grants, IceServer } from "../../protocol/mod.ts";
import type { RoomsAdmin } from "../../rooms/admin.ts";
import type { AnnouncementHub } from "../../rooms/announcements.ts";
import type { AskedLink } from "../../sfu/ask.ts";
import type { ReadToken } from "./operator.ts";
import type { DeadLetter } from "./schemas/webhooks.ts";

/** What an access token for a room is to say. */
export type TokenRequest = {
  readonly sub: string;
  readonly room: string;
  readonly name: string;
  readonly metadata?: unknown;
  readonly grants: Grants;
};

/** What became of webhooks that could not be delivered. */
export type WebhooksAdmin = {
  /** The oldest first. */
  listDeadLetters(): readonly DeadLetter[];
  /** False: it cannot be sent again. */
  redeliver(number: number): boolean;
};

export type AdminOptions = {
  readonly rooms: RoomsAdmin;
  readonly announcements: Pick<
    AnnouncementHub,
    "lastId" | "since" | "subscribe"
  >;
  readonly link: AskedLink;
  readonly readToken: ReadToken;
  /** Signs an access token of the service that holds for `ttlS` seconds. */
  readonly issueToken: (claims: TokenRequest, ttlS: number) => Promise<string>;
  /** Those that a client would get, with credentials in this name. */
  readonly iceServersFor: (
    name: string,
    now: number,
  ) => { readonly servers: readonly IceServer[] };
  /** Undefined: nobody receives any. */
  readonly webhooks?: WebhooksAdmin | undefined;
  readonly clock: Clock;
  readonly log: Log;
};
