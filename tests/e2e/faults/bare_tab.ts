import type { Browser, CDPSession } from "playwright-core";
import { within } from "../../support/within.ts";

type Answer = {
  readonly id: number;
  readonly result?: {
    readonly result: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly exception?: unknown };
  };
};

/** What a tab is asked may take as long as a recovery. */
const ASK_MS = 20_000;

/**
 * A tab that can be hidden: of its own tabs Playwright says to each that it is
 * in front.
 */
export class BareTab {
  readonly #browser: CDPSession;
  readonly #contextId: string;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(
    browser: CDPSession,
    contextId: string,
    sessionId: string,
  ) {
    this.#browser = browser;
    this.#contextId = contextId;
    this.#sessionId = sessionId;
    browser.on("Target.receivedMessageFromTarget", ({ message }) => {
      const answer: Answer = JSON.parse(message);
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  static async open(chromium: Browser, url: string): Promise<BareTab> {
    const browser = await chromium.newBrowserCDPSession();
    const { browserContextId } = await browser.send(
      "Target.createBrowserContext",
    );
    const target = { url, browserContextId };
    const { targetId } = await browser.send("Target.createTarget", target);
    const { sessionId } = await browser.send("Target.attachToTarget", {
      targetId,
    });
    return new BareTab(browser, browserContextId, sessionId);
  }

  /** Puts another tab in front of it. */
  async hide(): Promise<void> {
    await this.#browser.send("Target.createTarget", {
      url: "about:blank",
      browserContextId: this.#contextId,
    });
  }

  /** The value of an expression, awaited; it has to fit into JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const id = ++this.#lastId;
    const params = { expression, awaitPromise: true, returnByValue: true };
    const method = "Runtime.evaluate";
    const answered = new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
    });
    await this.#browser.send("Target.sendMessageToTarget", {
      sessionId: this.#sessionId,
      message: JSON.stringify({ id, method, params }),
    });
    const { result } = await within(expression, answered, ASK_MS);
    if (result === undefined || result.exceptionDetails) {
      throw new Error(`${expression}: ${JSON.stringify(result)}`);
    }
    return result.result.value as T;
  }
}
