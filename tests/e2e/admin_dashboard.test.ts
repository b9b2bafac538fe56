import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { BrowserContextOptions, Locator } from "playwright-core";
import { signToken } from "../../auth/sign.ts";
import { TestClient } from "../http/client.ts";
import { eventually } from "../support/eventually.ts";
import type { Client } from "./support/client.ts";
import { Operator, operatorToken } from "./support/operator.ts";
import { fits, PHONE, scan } from "./support/scan.ts";
import { browserSuite, type Stage, World } from "./support/world.ts";

const SECRET = "a secret of operators and of nobody else";

describe("the dashboard lets in", browserSuite, () => {
  const world = new World();

  it(
    "nobody without an operator's token, and says why",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const operator = new Operator(page);
      await page.goto("/admin");
      await operator.signIn("no token");
      await page.getByText("does not take this token").waitFor();
      await operator.signIn(await stage.service.token(stage.room, "ann"));
      await page.getByText("no grant “admin”").waitFor();
      assert.equal(await kept(operator), 0);
    }),
  );

  it(
    "an operator, until the tab is closed or the operator signs out; the token is in no address",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const urls: string[] = [];
      page.on("request", (request) => urls.push(request.url()));
      const operator = await Operator.signedIn(page, stage.service);
      await page.getByText("Live", { exact: true }).waitFor();
      await page.reload();
      await page.getByText("Live", { exact: true }).waitFor();
      await operator.button("Sign out").click();
      await operator.button("Sign in").waitFor();
      assert.equal(await kept(operator), 0);
      await page.reload();
      await operator.button("Sign in").waitFor();
      assert.ok(urls.length > 5);
      for (const url of urls) assert.doesNotMatch(url, /eyJ|token=/);
    }),
  );
});

describe("the dashboard of a service with keys", browserSuite, () => {
  const world = new World({ TOKEN_KEYS: `ops:${SECRET}` });

  it(
    "shows an operator of one room that room alone",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const own = `${stage.room}-own`;
      await using _eve = await joined(stage, await signed("eve", stage.room));
      await using _ann = await joined(stage, await signed("ann", own), own);
      const operator = new Operator(page);
      await page.goto("/admin");
      await operator.button("Use a development token").click();
      await page.getByText("not in development mode").waitFor();
      await operator.signIn(await signed("op", own, { admin: true }));
      await operator.row(own).waitFor();
      assert.equal(await page.getByRole("listitem").count(), 1);
      assert.equal(await operator.button("Drain").count(), 0);
      await operator.openRoom(own);
      await operator.row("ann").getByText("connected").waitFor();
    }),
  );
});

describe("the dashboard shows", browserSuite, () => {
  const world = new World();

  it(
    "rooms and participants as they come, are lost, are back and go",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const operator = await Operator.signedIn(page, stage.service);
      await using _bob = await joined(stage, "bob");
      await operator.openRoom(stage.room);
      await operator.row("bob").getByText("connected").waitFor();

      await using ann = await joined(stage, "ann");
      await operator.openParticipant("ann");
      await operator.timeline.getByText("Joined").waitFor();
      ann.socket.terminate();
      const row = operator.row("ann");
      await row.getByText(/reconnecting, \d+ s left/).waitFor();
      const left = await secondsLeft(row);
      await eventually(async () => {
        assert.ok(await secondsLeft(row) < left, "it does not count down");
      });
      await operator.timeline.getByText("Lost").waitFor();
      await row.waitFor({ state: "detached", timeout: 15_000 });
      await operator.timeline.getByText("Gone").waitFor();
      await operator.timeline.getByText("networkDisconnect").first().waitFor();
    }),
  );

  it(
    "what a participant publishes and how it arrives, and its recovery step by step",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const operator = await Operator.signedIn(page, stage.service);
      const ann = await stage.join("ann");
      await ann.publish();
      await operator.openRoom(stage.room);
      await operator.openParticipant("ann");
      await page.getByText(/bit\/s, score 10 of 10/).first().waitFor();
      await page.getByText("DTLS connected").first().waitFor();

      await ann.room.evaluate((room) => room.recoverMedia());
      await operator.timeline.getByText("Recovered", { exact: true }).waitFor();
      await operator.timeline.getByText(/\d+ steps/).click();
      await operator.timeline.getByText("iceRestarted").waitFor();
    }),
  );

  it(
    "graphs of it all, which say in words what they show",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      await Operator.signedIn(page, stage.service);
      await using _ann = await joined(stage, "ann");
      const graph = (name: string) =>
        page.getByRole("img", { name: new RegExp(`^${name}`) });
      await page.getByRole("img", { name: /^Sessions.*connected: [1-9]/ })
        .waitFor();
      for (const name of ["Sessions", "Recoveries", "Round trips", "Events"]) {
        assert.ok(await inked(graph(name)) > 0, `${name} is empty`);
      }
    }),
  );
});

describe("an operator at the dashboard", browserSuite, () => {
  const world = new World();

  it(
    "is asked before anything is done, and may say no",
    world.test(async (stage) => {
      const { operator, ann } = await atRoom(stage);
      await operator.openParticipant("ann");
      await operator.button("Remove").click();
      await operator.dialog.getByText("Remove ann?").waitFor();
      await operator.page.keyboard.press("Escape");
      await operator.dialog.waitFor({ state: "detached" });
      assert.deepEqual(await ann.others(), ["bob"]);
    }),
  );

  it(
    "mutes a track, which its owner cannot unmute, and allows that again",
    world.test(async (stage) => {
      const { operator, ann, bob } = await atRoom(stage);
      await ann.publish({ audio: true });
      await bob.hears("ann");
      await operator.openParticipant("ann");
      await operator.button(/^Mute/).click();
      await operator.confirm("Mute");
      await bob.heard("trackMuted", "microphone");
      await operator.page.getByText("muted by an operator", { exact: true })
        .waitFor();
      assert.match(await unmuted(ann), /muted by the service/);
      await operator.button(/^Allow/).click();
      await operator.confirm("Allow");
      await operator.page.getByText("muted by its owner").waitFor();
      assert.equal(await unmuted(ann), "unmuted");
      await bob.heard("trackUnmuted", "microphone");
      await bob.hears("ann");
    }),
  );

  it(
    "sends messages to one and to all",
    world.test(async (stage) => {
      const { operator, ann, bob } = await atRoom(stage);
      const page = operator.page;
      await operator.button("Message all").click();
      await page.getByLabel("Text").fill("We close at five");
      await operator.confirm("Send");
      await operator.openParticipant("ann");
      await operator.button("Message").click();
      await page.getByLabel("Text").fill("Your microphone hums");
      await operator.confirm("Send");
      await ann.heard("message", told("Your microphone hums"));
      await bob.heard("message", told("We close at five"));
      const events = await bob.events();
      const messages = events.filter(({ event }) => event === "message");
      assert.equal(messages.length, 1);
    }),
  );

  it(
    "moves a participant to another room",
    world.test(async (stage) => {
      const { operator, bob } = await atRoom(stage);
      const target = `${stage.room}-2`;
      await operator.openParticipant("ann");
      await operator.button("Move").click();
      await operator.page.getByLabel("To which room").fill(target);
      await operator.confirm("Move");
      await bob.heard("participantDisconnected");
      await operator.page.getByRole("link", { name: "Overview" }).click();
      await operator.openRoom(target);
      await operator.row("ann").getByText("connected").waitFor();
    }),
  );

  it(
    "removes one, who may come again, and bans another, who may not",
    world.test(async (stage) => {
      const { operator, ann, bob } = await atRoom(stage);
      await operator.openParticipant("ann");
      await operator.button("Remove").click();
      await operator.confirm("Remove");
      await ann.heard("disconnected");
      await stage.join("ann");
      await operator.openParticipant("bob");
      await operator.button("Ban").click();
      await operator.dialog.getByLabel("For how long").selectOption("A day");
      await operator.confirm("Ban");
      await bob.heard("disconnected");
      await operator.page.getByText("bob is banned").waitFor();
      await assert.rejects(stage.join("bob"));
    }),
  );

  it(
    "closes a room",
    world.test(async (stage) => {
      const { operator, ann } = await atRoom(stage);
      await operator.button("Close room").click();
      await operator.dialog.getByText("2 participants").waitFor();
      await operator.confirm("Close the room");
      await ann.heard("disconnected", { code: 53118, reason: "roomClosed" });
      await operator.page.getByText("There is no such room").waitFor();
    }),
  );

  it(
    "drains the service, and takes rooms again",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const operator = await Operator.signedIn(page, stage.service);
      const ready = async (expected: number) => {
        const response = await fetch(`${stage.service.origin}/readyz`);
        await response.body?.cancel();
        assert.equal(response.status, expected);
      };
      await operator.button("Drain").click();
      await operator.confirm("Drain");
      await page.getByText("Draining", { exact: true }).waitFor();
      await ready(503);
      await operator.button("Take rooms again").click();
      await operator.confirm("Take rooms");
      await page.getByText("Takes rooms", { exact: true }).waitFor();
      await ready(200);
    }),
  );
});

describe("the dashboard's alarm", browserSuite, () => {
  const world = new World({
    ROOM_PING_INTERVAL_MS: "200",
    ROOM_TIMEOUT_MS: "600",
    ROOM_SUSPECT_AFTER_MS: "400",
    ROOM_EVICT_AFTER_MS: "1000",
  });

  it(
    "is raised when recoveries fail more than usual",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      await Operator.signedIn(page, stage.service);
      const alarm = page.getByText("Recoveries fail more than usual.");
      assert.equal(await alarm.count(), 0);
      for (const identity of ["ann", "bob", "eve"]) {
        const mute = { answers: false };
        const client = await joined(stage, identity, stage.room, mute);
        await client.closed();
      }
      await alarm.waitFor();
      await page.getByText("3 of 3 in the last 5 minutes").waitFor();
    }),
  );
});

describe("the dashboard, for everybody", browserSuite, () => {
  // Whoever is lost is to be looked at.
  const world = new World({ ROOM_EVICT_AFTER_MS: "120000" });

  for (const colorScheme of ["light", "dark"] as const) {
    it(
      `a scan finds nothing serious (${colorScheme})`,
      world.test(async (stage) => {
        const look = { colorScheme, reducedMotion: "reduce" } as const;
        await everywhere(
          stage,
          look,
          (operator, where) => scan(operator.page, where),
        );
      }),
    );
  }

  it(
    "on a phone nothing is wider than the screen",
    world.test((stage) =>
      everywhere(stage, PHONE, ({ page }, where) => fits(page, where))
    ),
  );
});

/** Goes to each place of the dashboard. */
async function everywhere(
  stage: Stage,
  options: BrowserContextOptions,
  look: (operator: Operator, where: string) => Promise<void>,
): Promise<void> {
  const page = await stage.page("operator", options);
  await page.goto("/admin");
  const operator = new Operator(page);
  await look(operator, "the sign-in");
  await operator.signIn("no token");
  await page.getByText("does not take this token").waitFor();
  await look(operator, "the sign-in, refused");
  await operator.signIn(await operatorToken(stage.service));
  await using _bob = await joined(stage, "bob");
  await operator.row(stage.room).waitFor();
  await look(operator, "the overview");
  await operator.openRoom(stage.room);
  await using ann = await joined(stage, "ann");
  await operator.openParticipant("ann");
  await look(operator, "a participant");
  ann.socket.terminate();
  await operator.row("ann").getByText(/reconnecting/).waitFor();
  await look(operator, "a participant who is lost");
  for (const name of ["Ban", "Move", "Message"]) {
    await operator.button(name).click();
    await operator.dialog.waitFor();
    await look(operator, `the question of ${name}`);
    await page.keyboard.press("Escape");
    await operator.dialog.waitFor({ state: "detached" });
  }
}

async function atRoom(stage: Stage) {
  const [ann, bob] = await stage.joinAll("ann", "bob");
  const page = await stage.page("operator");
  const operator = await Operator.signedIn(page, stage.service);
  await operator.openRoom(stage.room);
  return { operator, ann, bob };
}

/** A client without a browser, that answers pings unless told not to. */
async function joined(
  { service, room: own }: Stage,
  who: string,
  room: string = own,
  { answers = true } = {},
): Promise<TestClient> {
  const { host } = new URL(service.origin);
  const client = await TestClient.open(`ws://${host}/rooms/${room}/ws`);
  const token = who.includes(".") ? who : await service.token(room, who);
  const join = { jsonrpc: "2.0", id: 1, method: "join", params: { token } };
  client.send(JSON.stringify(join));
  assert.ok(JSON.parse(await client.next()).result);
  if (answers) client.socket.on("message", (data) => answer(client, `${data}`));
  return client;
}

function answer(client: TestClient, text: string): void {
  const { id, method } = JSON.parse(text);
  if (method !== "ping") return;
  client.send(JSON.stringify({ jsonrpc: "2.0", id, result: { ack: 0 } }));
}

const signed = (sub: string, room: string, grants = {}) =>
  signToken({ sub, room, grants }, 3_600, {
    key: { kid: "ops", secret: new TextEncoder().encode(SECRET) },
  });

const told = (text: string) => ({
  from: undefined,
  topic: "chat",
  body: { text },
});

const unmuted = ({ room }: Client): Promise<string> =>
  room.evaluate(({ localParticipant }) =>
    localParticipant.publications.get("microphone")?.unmute()
      .then(() => "unmuted", ({ message }) => `${message}`) ?? "not there"
  );

const kept = ({ page }: Operator): Promise<number> =>
  page.evaluate(() => sessionStorage.length + localStorage.length);

async function secondsLeft(row: Locator) {
  const text = await row.innerText();
  return Number(/(\d+) s left/.exec(text)?.[1] ?? NaN);
}

/** Of a drawing's pixels, how many are not empty. */
const inked = (graph: Locator): Promise<number> =>
  graph.locator("canvas").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return 0;
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height);
    return pixels?.data.filter((value) => value !== 0).length ?? 0;
  });
