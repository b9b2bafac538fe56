import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { AnnouncementHub } from "../../rooms/announcements.ts";
import { openWebhooks } from "../../webhooks/open.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { TempFolder } from "../support/files.ts";
import { secrets } from "./sender.ts";

function open(folder: string) {
  const { log, lines } = keepingLog();
  const hub = new AnnouncementHub({ clock: systemClock, log });
  const settings = {
    folder,
    urls: ["http://127.0.0.1:1/"],
    secrets,
    timeoutMs: 1_000,
    giveUpAfterMs: 1_000,
    maxQueued: 10,
  };
  return { lines, webhooks: openWebhooks(settings, hub, log) };
}

describe("the file of the webhooks", () => {
  it("keeps no service from its start where it is broken: it is set aside", async () => {
    await using folder = await TempFolder.make();
    const path = join(folder.path, "webhooks.sqlite");
    await Deno.writeTextFile(path, "nonsense".repeat(999));
    const { lines, webhooks } = open(folder.path);
    await (await webhooks)?.close();
    assert.match(String(lines[0]?.message), /is set aside/);
  });

  it("is of one process at a time: another one is told so, and the file left to the first", async () => {
    await using folder = await TempFolder.make();
    const first = await open(folder.path).webhooks;
    await assert.rejects(
      open(folder.path).webhooks,
      /webhooks\.sqlite: another program uses it/,
    );
    await first?.close();
    await (await open(folder.path).webhooks)?.close();
  });
});
