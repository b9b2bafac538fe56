import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { Service } from "../../support/service.ts";

/** Uses the dashboard as an operator does: by what it says. */
export class Operator {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the dashboard and signs in with a token of the development mode. */
  static async signedIn(page: Page, service: Service): Promise<Operator> {
    const operator = new Operator(page);
    await page.goto("/admin");
    await operator.signIn(await operatorToken(service));
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    return operator;
  }

  async signIn(token: string): Promise<void> {
    await this.page.getByLabel("Access token").fill(token);
    await this.button("Sign in").click();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The line of a room, or of a participant. */
  row(name: string): Locator {
    return this.page.getByRole("listitem").filter({ hasText: name })
      .getByRole("link");
  }

  async openRoom(room: string): Promise<void> {
    await this.row(room).click();
    await this.page.getByRole("heading", { name: room }).waitFor();
  }

  async openParticipant(name: string): Promise<void> {
    await this.row(name).click();
    await this.page.getByRole("region", { name, exact: true }).waitFor();
  }

  get timeline(): Locator {
    return this.page.getByRole("region", { name: "Timeline" });
  }

  /** Does something that is asked about first: says yes. */
  async confirm(verb: string): Promise<void> {
    await this.dialog.getByRole("button", { name: verb, exact: true }).click();
    await this.dialog.waitFor({ state: "detached" });
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }
}

/** For all rooms. */
export async function operatorToken({ origin }: Service): Promise<string> {
  const response = await fetch(`${origin}/admin/token`, { method: "POST" });
  const { token } = await response.json();
  assert.equal(typeof token, "string");
  return String(token);
}
