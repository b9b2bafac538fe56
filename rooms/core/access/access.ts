/**
 * What a participant may do, and until when the token holds that says so.
 *
 * @module
 */
import {
  Grants,
  type GrantsPatch,
  type MediaKind,
  type Policy,
  type ProducerInfo,
  type TrackSource,
} from "../../../protocol/mod.ts";
import type { Claims } from "../input.ts";

/** What its access token gives a session. */
export type Rights = Pick<Claims, "grants" | "expiresAt">;

export type Access = {
  /** Of the last token, with what an operator has changed. */
  grants: Grants;
  /** By an operator, against whatever tokens say. */
  changed: GrantsPatch | null;
  /** Of the last token. */
  expiresAt: number;
  /** When the client is asked for another token. */
  askAt: number;
  /** The request whose token is looked at, and until when that is waited for. */
  verifying: { readonly requestId: number; readonly until: number } | null;
};

export const createAccess = (
  { grants, expiresAt }: Rights,
  policy: Policy,
): Access => ({
  grants: sharedWhereUsual(grants),
  changed: null,
  expiresAt,
  askAt: expiresAt - policy.tokenRefreshMs,
  verifying: null,
});

export const isSame = (a: Grants, b: Grants): boolean =>
  Object.entries(a).every(([right, given]) =>
    JSON.stringify(given) === JSON.stringify(b[right as keyof Grants])
  );

const usual: Grants = Grants.parse({});

/** Most sessions have the same, which need not be kept for each of them. */
const sharedWhereUsual = (grants: Grants): Grants =>
  isSame(grants, usual) ? usual : grants;

/** Where a track comes from, its owner says; of which kind it is can be seen. */
const kindOf = {
  microphone: "audio",
  camera: "video",
  screen: "video",
  screenAudio: "audio",
  other: null,
} as const satisfies Record<TrackSource, MediaKind | null>;

/** Who may publish some sources only publishes nothing else by their names. */
export function mayPublish(
  { publish }: Grants,
  { kind, source }: Pick<ProducerInfo, "kind" | "source">,
): boolean {
  if (typeof publish === "boolean") return publish;
  return publish.includes(source) && (kindOf[source] ?? kind) === kind;
}

/** What is named in `patch` goes before. */
export const patched = <T extends object>(
  whole: T,
  patch: Partial<{ [K in keyof T]: T[K] | undefined }>,
): T => ({
  ...whole,
  ...Object.fromEntries(
    Object.entries(patch).filter(([_, value]) => value !== undefined),
  ),
});
