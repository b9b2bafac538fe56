import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { adminClient, get } from "../../admin/client.ts";
import { eventually } from "../support/eventually.ts";
import { operatorToken } from "./support/operator.ts";
import { browserSuite, type Stage, World } from "./support/world.ts";

async function operator({ service }: Stage) {
  const token = await operatorToken(service);
  return adminClient({ url: service.origin, token });
}

const PARTICIPANT = "/rooms/{room}/participants/{sessionId}";

describe("the admin API over real calls", browserSuite, () => {
  const world = new World();

  it(
    "shows what the media server measures of each participant",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish();
      await Promise.all([bob.sees("ann"), bob.hears("ann")]);
      const api = await operator(stage);
      const { room } = stage;
      const { items } = await get(
        api.GET("/rooms/{room}/participants", { params: { path: { room } } }),
      );
      const of = async (identity: string) => {
        const found = items.find((one) => one.identity === identity);
        const path = { room, sessionId: found?.sessionId ?? "" };
        return await get(api.GET(PARTICIPANT, { params: { path } }));
      };
      await eventually(async () => {
        const { transports, producers, roundTripMs } = await of("ann");
        assert.ok(roundTripMs !== null && roundTripMs < 5_000);
        const send = transports.find(({ direction }) => direction === "send");
        assert.match(send?.ice ?? "", /connected|completed/);
        assert.equal(send?.dtls, "connected");
        assert.ok((send?.stats?.receiveBitrate ?? 0) > 10_000);
        assert.ok(send?.stats?.selected?.remotePort);
        const camera = producers.find(({ key }) => key === "camera");
        const [stream] = camera?.streams ?? [];
        assert.ok((stream?.bitrate ?? 0) > 10_000, JSON.stringify(stream));
        assert.ok((stream?.score ?? 0) > 0);
        const { consumers } = await of("bob");
        assert.equal(consumers.length, 2);
        for (const { streams } of consumers) {
          assert.equal(streams?.length, 1);
          assert.ok((streams?.[0]?.packets ?? 0) > 0);
        }
      });
    }),
  );

  it(
    "mutes a track so that its owner cannot unmute it, until it is freed",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish();
      await bob.sees("ann");
      const api = await operator(stage);
      const { room } = stage;
      const { items } = await get(
        api.GET("/rooms/{room}/participants", { params: { path: { room } } }),
      );
      const { sessionId = "" } = items.find(({ identity }) =>
        identity === "ann"
      ) ?? {};
      const path = { room, sessionId, key: "camera" };
      const mute = (muted: boolean) =>
        get(api.PATCH(`${PARTICIPANT}/tracks/{key}`, {
          params: { path },
          body: { muted },
        }));
      const unmuting = () =>
        ann.room.evaluate(async (room) => {
          const all = [...room.localParticipant.publications.values()];
          const camera = all.find(({ key }) => key === "camera");
          try {
            await camera?.unmute();
            return "done";
          } catch (error) {
            return String(error);
          }
        });
      await mute(true);
      await bob.heard("trackMuted", "camera");
      assert.notEqual(await unmuting(), "done");
      const muted = await get(api.GET(PARTICIPANT, { params: { path } }));
      const camera = muted.producers.find(({ key }) => key === "camera");
      assert.equal(camera?.mutedByServer, true);
      assert.equal(camera?.paused, true);
      await mute(false);
      assert.equal(await unmuting(), "done");
      await bob.heard("trackUnmuted", "camera");
      await bob.sees("ann");
    }),
  );

  it(
    "creates a room whose calls use the codecs of its policy",
    world.test(async (stage) => {
      const api = await operator(stage);
      const policy = { codecs: ["audio/opus" as const, "video/VP9" as const] };
      await get(
        api.POST("/rooms", { body: { name: stage.room, policy } }),
      );
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish();
      await bob.sees("ann");
      const path = { room: stage.room };
      const { items } = await get(
        api.GET("/rooms/{room}/participants", { params: { path } }),
      );
      const camera = items.flatMap(({ producers }) => producers)
        .find(({ key }) => key === "camera");
      // The media server takes no several pictures in VP9.
      assert.equal(camera?.type, "simple");
    }),
  );

  it(
    "has a page of its own assets, which asks nobody else for anything",
    world.test(async (stage) => {
      const page = await stage.page("operator");
      const hosts = new Set<string>();
      page.on("request", (request) => {
        const { protocol, host } = new URL(request.url());
        if (protocol !== "data:") hosts.add(host);
      });
      await page.goto("/docs");
      await page.locator("#operations-rooms-createRoom").click();
      const token = await operatorToken(stage.service);
      await page.getByRole("button", { name: "Authorize" }).first().click();
      await page.getByLabel("auth-bearer-value").fill(token);
      await page.getByRole("button", { name: "Apply credentials" }).click();
      await page.getByRole("button", { name: "Close", exact: true }).click();
      const list = page.locator("#operations-rooms-listRooms");
      await list.click();
      await list.getByRole("button", { name: "Execute" }).click();
      await list.locator(".live-responses-table").getByText('"items"').first()
        .waitFor();
      assert.deepEqual([...hosts], [new URL(stage.service.origin).host]);
      assert.doesNotMatch(stage.logs.join("\n"), /Content Security Policy/);
    }),
  );
});
