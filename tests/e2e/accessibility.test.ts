import { describe, it } from "@std/testing/bdd";
import { fits, PHONE, scan } from "./support/scan.ts";
import { browserSuite, World } from "./support/world.ts";

describe("the page, for everybody", browserSuite, () => {
  const world = new World();

  for (const colorScheme of ["light", "dark"] as const) {
    it(
      `a scan finds nothing serious in the lobby, the call and after it (${colorScheme})`,
      world.test(async (stage) => {
        // Colors on their way from one to another are nobody's choice.
        const ann = await stage.person("Ann", {
          colorScheme,
          reducedMotion: "reduce",
        });
        await ann.open(stage.room);
        await scan(ann.page, "the lobby");
        await ann.join(stage.room);
        await scan(ann.page, "the empty room");
        const bob = await stage.person("Bob");
        await bob.join(stage.room);
        await ann.sees("Video of Bob");
        await ann.button(/^Chat/).click();
        await scan(ann.page, "the call, chat open");
        await ann.button(/^Participants/).click();
        await scan(ann.page, "the call, participants open");
        await ann.button("Connection").click();
        await scan(ann.page, "the call, connection open");
        await ann.button("Leave").click();
        await ann.button("Rejoin").waitFor();
        await scan(ann.page, "after the call");
      }),
    );
  }

  it(
    "on a phone nothing is wider than the screen, in the lobby and in a call",
    world.test(async (stage) => {
      const ann = await stage.person("Ann", PHONE);
      const bob = await stage.person("Bob");
      await bob.join(stage.room);
      await ann.open(stage.room);
      await fits(ann.page);
      await ann.join(stage.room);
      await ann.sees("Video of Bob");
      await fits(ann.page);
      await ann.button(/^Chat/).click();
      await fits(ann.page);
      await ann.button("Close chat").click();
      await ann.button("Connection").click();
      await fits(ann.page);
    }),
  );
});
