/**
 * Lists come in pages. A page token says after which item the next page begins,
 * so that pages stay right while items come and go.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Refusal } from "./refusal.ts";
import { json } from "./schemas/common.ts";

const MAX_PAGE_SIZE = 200;

export const PageQuery = z.object({
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(50)
    .meta({ description: "How many items at most" }),
  pageToken: z.string().max(1_024).regex(/^[\w-]+$/, "not one of this list")
    .optional()
    .meta({ description: "`nextPageToken` of the page before" }),
});
export type PageQuery = z.output<typeof PageQuery>;

/** The response of a list; `id` names its schema. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) => ({
  description: "A page of them",
  content: json(
    z.object({
      items: z.array(item),
      nextPageToken: z.string().optional()
        .meta({ description: "Absent on the last page" }),
    }).meta({ id }),
  ),
});

export type Page<T> = { items: T[]; nextPageToken?: string };

/**
 * One page of `items` in the order of their keys, which are unique.
 *
 * @throws {Refusal} for a token that this never gave.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { pageSize, pageToken }: PageQuery,
): Page<T> {
  const after = pageToken === undefined ? "" : decode(pageToken);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => a.key < b.key ? -1 : 1);
  const shown = rest.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    ...(last && rest.length > shown.length &&
      { nextPageToken: encode(last.key) }),
  };
}

const encode = (key: string) =>
  new TextEncoder().encode(key).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

function decode(token: string): string {
  try {
    const bytes = Uint8Array.fromBase64(token, { alphabet: "base64url" });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, "pageToken: not one of this list", {
      reason: "invalid",
    });
  }
}
