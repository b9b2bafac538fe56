/**
 * One attempt to deliver.
 *
 * @module
 */

export type Attempt = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends it before its deadline. */
  readonly signal: AbortSignal;
};

export type Outcome =
  | { readonly ok: true }
  | {
    readonly ok: false;
    readonly reason: string;
    /** Milliseconds that the receiver asks for. */
    readonly retryAfterMs?: number;
  };

/** Sends a request; `fetch` is one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Only an answer of 200 to 299 counts. Redirects are not followed: what was
 * signed for one address is nobody else's. Never throws.
 */
export async function post(
  { url, headers, body, signal }: Attempt,
  fetch: Fetch,
): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      redirect: "manual",
      signal,
    });
    // What it says beside its status interests nobody.
    await response.body?.cancel();
    if (response.ok) return { ok: true };
    return failed(response);
  } catch (error) {
    return { ok: false, reason: signal.aborted ? "timeout" : wordsOf(error) };
  }
}

function failed({ status, headers }: Response): Outcome {
  const seconds = Number(headers.get("retry-after") ?? "");
  return {
    ok: false,
    reason: `status ${status}`,
    ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }),
  };
}

/** The message of a network error names the address, and with it what is in its path. */
function wordsOf(error: unknown): string {
  return error instanceof TypeError ? "no connection" : "request failed";
}
