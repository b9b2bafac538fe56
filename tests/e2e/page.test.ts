import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { tabTo } from "./support/tab_to.ts";
import { browserSuite, World } from "./support/world.ts";

describe("the page, as people use it", browserSuite, () => {
  const world = new World();

  it(
    "two who join from the lobby see each other's video under their names",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await Promise.all([
        ann.tile("Bob").waitFor(),
        bob.tile("Ann").waitFor(),
        ann.sees("Video of Bob"),
        bob.sees("Video of Ann"),
      ]);
    }),
  );

  it(
    "a mute mark appears at others when one mutes, and goes when one unmutes",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      const mark = bob.tile("Ann").getByRole("img", { name: "Muted" });
      await bob.sees("Video of Ann");
      await mark.waitFor({ state: "hidden" });
      await ann.button("Microphone").click();
      await mark.waitFor();
      await ann.button("Microphone").click();
      await mark.waitFor({ state: "hidden" });
    }),
  );

  it(
    "a chat message is counted for one who has the chat closed, and read when opened",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await ann.button("Chat").click();
      await ann.page.getByLabel("Message", { exact: true }).fill("Tea?");
      await ann.button("Send").click();
      await bob.button("Chat, 1 unread").click();
      await bob.page.getByRole("list", { name: "Messages" })
        .getByText("Tea?").waitFor();
      await bob.button("Chat").waitFor();
    }),
  );

  it(
    "a shared screen is shown to the other until sharing stops",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await ann.button("Share screen").click();
      await bob.sees("Screen of Ann");
      await ann.button("Stop sharing").click();
      await bob.page.getByLabel("Screen of Ann").waitFor({ state: "detached" });
    }),
  );

  it(
    "one who leaves is told so, and is gone for the other within a second",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await bob.tile("Ann").waitFor();
      await ann.button("Leave").click();
      await bob.tile("Ann").waitFor({ state: "detached", timeout: 1_000 });
      await ann.page.getByRole("heading", { name: "You left the call" })
        .waitFor();
    }),
  );

  it(
    "joining, muting, chatting and leaving take no more than a keyboard",
    world.test(async (stage) => {
      const bob = await stage.person("Bob");
      await bob.join(stage.room);
      const { page } = await stage.person("Ann");
      const { keyboard } = page;
      await page.goto(`/?room=${stage.room}`);
      await tabTo(page, "Your name");
      await keyboard.type("Ann");
      await keyboard.press("Enter");
      await bob.tile("Ann").waitFor();

      await tabTo(page, "Microphone");
      await keyboard.press("Space");
      await bob.tile("Ann").getByRole("img", { name: "Muted" }).waitFor();
      await tabTo(page, "Chat");
      await keyboard.press("Enter");
      await keyboard.type("By keyboard");
      await keyboard.press("Enter");
      await bob.button("Chat, 1 unread").waitFor();
      await keyboard.press("Escape");
      await tabTo(page, "Leave");
      await keyboard.press("Enter");
      await bob.tile("Ann").waitFor({ state: "detached" });
    }),
  );
});

describe("what the page says when something is amiss", browserSuite, () => {
  const world = new World({ ROOM_MAX_PARTICIPANTS: "2" }, { asks: true });

  it(
    "a full room is said in words, and one can try again",
    world.test(async (stage) => {
      const [ann] = await stage.meet("Ann", "Bob");
      const eve = await stage.person("Eve");
      await eve.open(stage.room);
      await eve.button("Join").click();
      await eve.page.getByRole("alert").getByText("This room is full")
        .waitFor();

      await ann.button("Leave").click();
      await ann.button("Rejoin").waitFor();
      await eve.button("Join").click();
      await eve.button("Leave").waitFor();
    }),
  );

  it(
    "a service that is away is said in words",
    world.test(async (stage) => {
      const ann = await stage.person("Ann");
      await ann.open(stage.room);
      await ann.page.context().setOffline(true);
      await ann.button("Join").click();
      await ann.page.getByRole("alert")
        .getByText("The service cannot be reached").waitFor();
    }),
  );

  it(
    "a camera and microphone that are refused are said in words, and one can join without",
    world.test(async (stage) => {
      const ann = await stage.person("Ann");
      await stage.refuseDevices(ann.page);
      await ann.open(stage.room);
      await ann.button("Turn on camera and microphone").click();
      await ann.page.getByRole("alert")
        .getByText("Your camera and microphone are blocked").waitFor();
      await ann.button("Join").click();
      await ann.button("Leave").waitFor();
      const muted = ann.tile("Ann").getByRole("img", { name: "Muted" });
      assert.equal(await muted.count(), 1);
    }),
  );

  it(
    "a call whose media worker died goes on with another one, and nobody does anything for it",
    world.test(async (stage) => {
      const { service, room } = stage;
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await bob.sees("Video of Ann");
      const dead = service.workerOf(room);
      Deno.kill(dead, "SIGKILL");
      await eventually(() => assert.notEqual(service.workerOf(room), dead));
      await Promise.all([ann.sees("Video of Bob"), bob.sees("Video of Ann")]);
    }),
  );
});
