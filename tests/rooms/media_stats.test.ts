import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { statsOf } from "../../rooms/media_stats.ts";
import { FakeLink } from "./fakes/link.ts";

const asked = {
  epoch: 7,
  routerId: "R",
  transportIds: ["T"],
  producerIds: ["P"],
  consumerIds: ["C", "D"],
};
const stat = (type: string) => [{ type }];

describe("what is measured of a room's media", () => {
  it("is asked for under the epoch of the room, with a deadline", async () => {
    const link = new FakeLink();
    const stats = statsOf({ epoch: 7 }, link, asked);
    const options = { deadlineMs: 1_500, epoch: 7 };
    const routerId = "R";
    assert.deepEqual(
      link.sent.map(({ reply: _, ...sent }) => sent),
      [
        {
          method: "getTransportStats",
          params: { routerId, transportId: "T" },
          options,
        },
        {
          method: "getProducerStats",
          params: { routerId, producerId: "P" },
          options,
        },
        {
          method: "getConsumerStats",
          params: { routerId, consumerId: "C" },
          options,
        },
        {
          method: "getConsumerStats",
          params: { routerId, consumerId: "D" },
          options,
        },
      ],
    );
    const [transport, producer, gone, consumer] = link.sent;
    consumer?.reply({ ok: true, result: { stats: stat("of D") } });
    gone?.reply({ ok: false, status: "NOT_FOUND", message: "gone" });
    producer?.reply({ ok: true, result: { stats: stat("of P") } });
    transport?.reply({ ok: true, result: { stats: stat("of T") } });
    assert.deepEqual(await stats, {
      transports: [stat("of T")],
      producers: [stat("of P")],
      consumers: [null, stat("of D")],
    });
  });

  it("is unknown of a room that is not here, or not any more: nothing is asked", async () => {
    const link = new FakeLink();
    for (const room of [undefined, { epoch: 6 }, { epoch: 8 }]) {
      assert.equal(await statsOf(room, link, asked), null);
    }
    assert.deepEqual(link.sent, []);
  });

  it("is unknown while the media server is away", async () => {
    const link = new FakeLink();
    link.state = "down";
    assert.deepEqual(await statsOf({ epoch: 7 }, link, asked), {
      transports: [null],
      producers: [null],
      consumers: [null, null],
    });
  });
});
