import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { until } from "../../support/until.ts";
import { SOUND } from "../sidecar/_browser.ts";
import { asked, holdings, nothing, Two } from "./_two.ts";
import { Wire } from "./_wire.ts";

describe("a room that is too large for one sidecar", () => {
  it("SF6: is spread over two of them, between which sound and data flow both ways", async () => {
    await using there = await Two.start();
    const { process, browser } = there;
    const { pool, routerId } = process;
    const { ann, bob, carol, others, voice, channel, dataProducerId } =
      await there.outgrow();
    const second = await asked(pool.members[1], "dumpRouter", { routerId });
    assert.deepEqual(
      second.transports.map(({ transportId }) => transportId),
      [carol.transportId],
    );

    const { heard } = await there.hear(carol, voice);
    await until("Carol hears Ann", () => heard.packets > 10);
    const consumed = await process.call("consumeData", {
      transportId: carol.transportId,
      dataProducerId,
    });
    const taken = await browser
      .takeData(carol.own, consumed.sctpStreamParameters);
    await until("Carol reads what Ann writes", () => {
      channel.send("hello");
      return taken.includes("hello");
    });

    const song = await there.speak(carol, -10);
    const back = await there.hear(bob, song);
    await until("Bob hears Carol", () => back.heard.packets > 10);
    await process.speaks(song);
    await until(
      "both are heard",
      () =>
        process.events.some(({ event, params }) =>
          event === "audioLevels" &&
          params.levels.map(({ producerId }) => producerId).join() ===
            `${song},${voice}`
        ),
    );

    const { transports, ...whole } = await process.call("dumpRouter", {});
    assert.equal(transports.length, 3 + others.length);
    assert.equal("pipes" in whole, false);
    assert.ok(transports.some((one) => one.transportId === ann.transportId));
    assert.deepEqual(process.endings, []);
  });

  it("SF6: has its producers paused, resumed and closed on both sides", async () => {
    await using there = await Two.start();
    const { process } = there;
    const { carol, voice } = await there.outgrow();
    const { heard, consumerId } = await there.hear(carol, voice);
    await until("Carol hears Ann", () => heard.packets > 10);

    const isPausedThere = async () => {
      const again = await process.consume(carol.transportId, voice);
      const { consumerId } = again;
      await process.call("closeConsumer", { consumerId });
      return again.producerPaused;
    };
    await process.call("pauseProducer", { producerId: voice });
    await until("it is paused there", isPausedThere);
    let before = -1;
    await until("she hears nothing", () => {
      const isSilent = heard.packets === before;
      before = heard.packets;
      return new Promise<boolean>((resolve) =>
        setTimeout(() => resolve(isSilent), 100)
      );
    });
    await process.call("resumeProducer", { producerId: voice });
    await until("it is not paused there", async () => !await isPausedThere());
    await until("she hears her again", () => heard.packets > before + 10);

    await process.call("closeProducer", { producerId: voice });
    await until(
      "it is told",
      () =>
        process.events.some(({ event, params }) =>
          event === "consumerClosed" && params.consumerId === consumerId
        ),
    );
    await assert.rejects(
      process.consume(carol.transportId, voice),
      /NOT_FOUND/,
    );
  });

  it("SF6: leaves nothing behind in either when it ends", async () => {
    await using there = await Two.start();
    const { process } = there;
    const { carol, voice } = await there.outgrow();
    await there.hear(carol, voice);
    const { members } = process.pool;
    assert.equal((await holdings(members[1])).routers, 1);
    await process.call("closeRouter", {});
    for (const member of members) {
      assert.deepEqual(await holdings(member), nothing);
    }
  });

  it("SF6: is not spread where nothing comes through between them, and goes on as it is", async () => {
    await using there = await Two.start({
      SFU_PIPE_ANNOUNCED_ADDRESS: "127.9.9.9",
    });
    const { process } = there;
    const { members } = process.pool;
    const { voice } = await there.fill();
    const others = await there.crowdUntil("not spread to");
    const carol = await there.arrive();
    const { heard } = await there.hear(carol, voice);
    await until("Carol hears Ann", () => heard.packets > 10);
    await until("nothing is left of it", async () => {
      const { transports } = await holdings(members[0]);
      const { routers } = await holdings(members[1]);
      return routers === 0 && transports === 3 + others.length;
    });
  });

  for (const [dies, which] of [["second", 1], ["first", 0]] as const) {
    it(`SF7, MD9: loses with the ${dies} what is there, and the others notice nothing`, async () => {
      await using there = await Two.start();
      const { process, sidecars } = there;
      const { ann, bob, carol, others, voice, heard } = await there.outgrow();
      const there1 = await there.hear(carol, voice);
      await until("Carol hears Ann", () => there1.heard.packets > 10);
      const killedAt = performance.now();
      await sidecars[which]?.killAll("SIGKILL");
      const lost = which === 1 ? [carol] : [ann, bob, ...others];
      await until("it is told", () => process.endings.length >= lost.length);
      const tookMs = Math.round(performance.now() - killedAt);
      console.log(`the ${dies} sidecar was killed: told after ${tookMs} ms`);
      assert.deepEqual(
        process.endings.slice(0, lost.length),
        lost.map(({ transportId }) => `transportLost ${transportId}`),
      );

      const { members } = process.pool;
      const rest = members[1 - which];
      const { routerId } = process;
      if (which === 1) {
        const before = heard.packets;
        await until("Bob hears on", () => heard.packets > before + 10);
        assert.equal(process.endings.length, 1);
        const again = await there.arrive();
        const anew = await there.hear(again, voice);
        await until("Carol hears Ann again", () => anew.heard.packets > 10);
      } else {
        const again = await there.arrive();
        const anew = await there.hear(carol, await there.speak(again));
        await until("Carol hears Ann again", () => anew.heard.packets > 10);
      }
      await until("no pipe is left", async () => {
        const { pipes } = await asked(rest, "dumpRouter", { routerId });
        return pipes?.length === 0;
      });
      await process.call("closeRouter", {});
      assert.deepEqual(await holdings(rest), nothing);
    });
  }

  it("SF7, MD9: gives up the later of two between which the wire is cut", async () => {
    using wire = await Wire.lay();
    await using there = await Two.start(...wire.settings);
    const { process } = there;
    const { routerId } = process;
    const { carol, voice, heard } = await there.outgrow();
    const far = await there.hear(carol, voice);
    await until("Carol hears Ann", () => far.heard.packets > 10);
    const [first, second] = process.pool.members;
    wire.isCut = true;
    const cutAt = performance.now();
    await until(
      "it is told",
      () => process.endings.includes(`transportLost ${carol.transportId}`),
    );
    const tookMs = Math.round(performance.now() - cutAt);
    console.log(`two sidecars were cut off from each other: ${tookMs} ms`);
    const before = heard.packets;
    await until("Bob hears on", () => heard.packets > before + 10);
    const again = await there.arrive();
    const anew = await there.hear(again, voice);
    await until("Carol hears Ann again", () => anew.heard.packets > 10);
    await until("nothing is left of it", async () => {
      const { pipes } = await asked(first, "dumpRouter", { routerId });
      const { routers } = await holdings(second);
      return pipes?.length === 0 && routers === 0;
    });
  });

  for (const srtp of ["1", "0"]) {
    it(`SF6: sends sound so that ${srtp === "1" ? "nobody" : "anybody"} on the way can listen, with SFU_PIPE_SRTP=${srtp}`, async () => {
      using wire = await Wire.lay();
      const [one, other] = wire.settings;
      const SFU_PIPE_SRTP = srtp;
      await using there = await Two.start({ ...one, SFU_PIPE_SRTP }, other);
      const { carol, voice } = await there.outgrow();
      const { heard } = await there.hear(carol, voice);
      await until("Carol hears Ann", () => heard.packets > 10);
      assert.equal(wire.hasShown(SOUND), srtp === "0");
    });
  }

  it("SF7: that is cut off from one of them for less than the lease has lost nothing", async () => {
    await using there = await Two.start();
    const { process, sidecars } = there;
    const { carol, voice } = await there.outgrow();
    const { heard } = await there.hear(carol, voice);
    sidecars[1]?.kill("SIGSTOP");
    const [, second] = process.pool.members;
    await until("it is slow", () => second?.isSlow);
    const before = heard.packets;
    await until("Carol hears Ann on", () => heard.packets > before + 10);
    await process.call("pauseProducer", { producerId: voice });
    sidecars[1]?.kill("SIGCONT");
    await until("it is paused there", async () => {
      const { producerPaused, consumerId } = await process
        .consume(carol.transportId, voice);
      await process.call("closeConsumer", { consumerId });
      return producerPaused;
    });
    await process.call("resumeProducer", { producerId: voice });
    const paused = heard.packets;
    await until("she hears her again", () => heard.packets > paused + 10);
    assert.deepEqual(process.endings, []);
  });

  it("SF7, MD9: that is cut off from one of them for longer loses what is there, of which nothing is left when it is back", async () => {
    await using there = await Two.start();
    const { process, sidecars } = there;
    const { carol, voice } = await there.outgrow();
    await there.hear(carol, voice);
    const [first, second] = process.pool.members;
    const { routerId } = process;
    await sidecars[1]?.killAll("SIGSTOP");
    try {
      await until(
        "it is told",
        () => process.endings.includes(`transportLost ${carol.transportId}`),
      );
      const again = await there.arrive();
      const { heard } = await there.hear(again, voice);
      await until("Carol hears Ann again", () => heard.packets > 10);
    } finally {
      await sidecars[1]?.killAll("SIGCONT");
    }
    await until("it is back", () => second?.isUp);
    await until("nothing is left of it", async () => {
      const { pipes } = await asked(first, "dumpRouter", { routerId });
      const { routers } = await holdings(second);
      return pipes?.length === 0 && routers === 0;
    });
    assert.equal(process.endings.length, 1);
  });

  it("SF7, HO5: is claimed in both by the next process, media flows on, and who had it before is refused by both", async () => {
    await using there = await Two.start();
    const { process } = there;
    const { routerId } = process;
    const { ann, bob, carol, others, voice } = await there.outgrow();
    const { heard } = await there.hear(carol, voice);
    const next = await there.another(2);
    const dump = await next.claim(routerId);
    assert.deepEqual(
      dump.transports.map(({ transportId }) => transportId).sort(),
      [ann, bob, carol, ...others].map(({ transportId }) => transportId).sort(),
    );
    await until(
      "he who had it is told",
      () => process.endings.includes("routerClosed fenced"),
    );
    for (const member of process.pool.members) {
      await assert.rejects(
        asked(member, "closeRouter", { routerId }, 1),
        /FAILED_PRECONDITION/,
      );
    }
    const before = heard.packets;
    await until("Carol hears Ann on", () => heard.packets > before + 10);
    await next.call("pauseProducer", { producerId: voice });
    await until(
      "it is paused there",
      async () => (await next.consume(carol.transportId, voice)).producerPaused,
    );
    await next.call("closeProducer", { producerId: voice });
    await until(
      "it is told",
      () => next.endings.includes("consumerClosed producerClosed"),
    );
    await there.arrive(next);
    await next.call("closeRouter", {});
    for (const member of next.pool.members) {
      assert.deepEqual(await holdings(member), nothing);
    }
  });
});
