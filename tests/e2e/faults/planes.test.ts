import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { faultSuite, Lab } from "./lab.ts";
import { sufferAndStay } from "./outage.ts";
import { BLINK, inShort } from "./presence.ts";
import type { Scene } from "./scene.ts";

describe("a participant of whom one plane dies, or both", faultSuite, () => {
  const lab = new Lab();

  it(
    "GR1, RS1, MD7: both planes die for 9 s, others see the place held, and what was muted stays muted",
    lab.test(async (scene) => {
      const { ann, bob } = scene;
      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.publications.get("microphone")?.mute()
      );
      await bob.heard("trackMuted", "microphone");
      const { told, began, back } = await sufferAndStay(scene, {
        name: "both, 9 s",
        begin: (host) => host.drop(),
        ms: 9_000,
        video: "frozen",
      });
      assert.deepEqual(inShort(told), BLINK);
      const [lost, found] = told;
      assert.ok(lost?.graceUntil && found);
      holds("told of the loss after", lost.at - began, 2_500, 5_000);
      holds("the place was held for", lost.graceUntil - began, 10_500, 12_500);
      holds("told of the return after", found.at - back, 0, 4_000);
      assert.equal((await bob.reception("ann", "microphone")).muted, true);
      const events = (await bob.events()).map(({ event }) => event);
      assert.ok(!events.includes("trackUnmuted"), "it was unmuted");
    }),
  );

  it(
    "RS1, MD6: only signaling dies for 9 s, and the picture goes on moving",
    lab.test(async (scene) => {
      const { told } = await sufferAndStay(scene, {
        name: "signaling, 9 s",
        begin: (host) => host.drop("tcp"),
        ms: 9_000,
        video: "moving",
      });
      assert.deepEqual(inShort(told), BLINK);
      // No new transport was needed, and no restart.
      assert.deepEqual(await steps(scene, "iceRestarted", "recreating"), []);
    }),
  );

  it(
    "MD2, MD4, MD8: only media dies for 7 s, nobody is called lost, and others see it connecting",
    lab.test(async (scene) => {
      const { told, began } = await sufferAndStay(scene, {
        name: "media, 7 s",
        begin: (host) => host.drop("udp"),
        ms: 7_000,
        // Frozen, unless a restart finds in time that media can go over TCP.
        video: "either",
      });
      assert.deepEqual(inShort(told), []);
      const states = (await scene.bob.events())
        .filter(({ event, at }) => event === "mediaStateChanged" && at > began)
        .map(({ detail }) => detail as { identity: string; state: string })
        .filter(({ identity }) => identity === "ann")
        .map(({ state }) => state);
      assert.ok(
        states.some((state) =>
          ["disconnected", "failed", "checking"].includes(state)
        ),
        `Ann's media: ${states}`,
      );
      assert.ok(["connected", "completed"].includes(states.at(-1) ?? ""));
      const codes = (await scene.ann.events())
        .filter(({ event, at }) => event === "reconnecting" && at > began)
        .map(({ detail }) => detail);
      assert.deepEqual(codes, [53405]);
    }),
  );

  it(
    "RS2, HB3: a half-open connection is replaced before others are told of a loss",
    lab.test(async (scene) => {
      const { told, reports } = await sufferAndStay(scene, {
        name: "half-open",
        begin: (host) => host.forgetConnections(),
        ms: 8_000,
        video: "moving",
      });
      assert.deepEqual(inShort(told), []);
      assert.deepEqual(reports.map(({ trigger }) => trigger), ["silence"]);
    }),
  );

  it(
    "HB2, RS1: a client that hears and is not heard is lost, and comes back",
    lab.test(async (scene) => {
      const { told } = await sufferAndStay(scene, {
        name: "deaf server, 8 s",
        begin: (host) => host.dropOutgoing(),
        ms: 8_000,
        video: "frozen",
      });
      assert.deepEqual(inShort(told), BLINK);
    }),
  );

  it(
    "RS1: a laptop sleeps for 8 s, and wakes up in the room",
    lab.test(async (scene) => {
      const { told } = await sufferAndStay(scene, {
        name: "sleep, 8 s",
        begin: (host) => host.freeze(),
        ms: 8_000,
        video: "frozen",
      });
      assert.deepEqual(inShort(told), BLINK);
    }),
  );
});

async function steps(scene: Scene, ...wanted: string[]): Promise<string[]> {
  const reports = await scene.ann.recoveries();
  return reports.flatMap(({ steps }) => steps.map(({ step }) => step))
    .filter((step) => wanted.includes(step));
}

function holds(what: string, ms: number, least: number, most: number): void {
  assert.ok(ms >= least && ms <= most, `${what} ${ms} ms`);
}
