import * as z from "zod";

const Grant = z.object({ token: z.string(), identity: z.string() });
type Grant = z.infer<typeof Grant>;

/** `status` is the HTTP status, `undefined` if there was no answer. */
export class TokenError extends Error {
  readonly status: number | undefined;

  constructor(status: number | undefined, options?: ErrorOptions) {
    super(
      status === undefined
        ? "The token request got no answer"
        : `The token request was answered with ${status}`,
      options,
    );
    this.name = "TokenError";
    this.status = status;
  }
}

const DEADLINE_MS = 10_000;

/** Asks the service for access to a room, as a guest. Throws a `TokenError`. */
export async function requestToken(
  room: URL,
  guest: { name: string; identity: string | undefined },
  signal: AbortSignal,
): Promise<Grant> {
  const response = await post(`${room.href}/token`, guest, signal);
  if (!response.ok) {
    await response.body?.cancel();
    throw new TokenError(response.status);
  }
  const grant = Grant.safeParse(await response.json().catch(() => undefined));
  if (!grant.success) throw new TokenError(502);
  return grant.data;
}

async function post(
  url: string,
  body: unknown,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
  } catch (cause) {
    throw new TokenError(undefined, { cause });
  }
}
