import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { participant, room } from "./fake_rooms.ts";
import { assertProblem, Stage } from "./stage.ts";

const PATH = "/rooms/r/participants";
const media = {
  transports: [
    {
      transportId: "T",
      direction: "send",
      ice: "completed",
      dtls: "connected",
    },
  ],
  producers: [{
    producerId: "P",
    transportId: "T",
    key: "camera",
    kind: "video",
    source: "camera",
    paused: false,
    type: "simulcast",
    mutedByServer: false,
  }],
  consumers: [{ consumerId: "C", producerId: "Q", transportId: "T" }],
} as const;
const described = {
  transports: [...media.transports],
  producers: [...media.producers],
  consumers: [...media.consumers],
};

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.rooms.rooms.set(
    "r",
    room("r", {
      epoch: 7,
      participants: [
        participant("late", { joinedAt: 200 }),
        participant("s", { joinedAt: 100.5, metadata: { a: 1 }, ...described }),
        participant("away", {
          joinedAt: 1_000,
          state: "reconnecting",
          graceUntil: 12_000,
        }),
      ],
    }),
  );
});

const Item = z.looseObject({ sessionId: z.string() });
const commands = () => stage.rooms.commands.map(({ command }) => command);

describe("the participants of a room", () => {
  it("are listed in the order in which they joined, in pages", async () => {
    const Page = z.object({
      items: z.array(Item),
      nextPageToken: z.string().optional(),
    });
    const first = Page.parse(await stage.done("GET", `${PATH}?pageSize=2`));
    const ids = first.items.map(({ sessionId }) => sessionId);
    assert.deepEqual(ids, ["s", "late"]);
    assert.equal(first.items[0]?.consumers, 1);
    const next = `${PATH}?pageToken=${first.nextPageToken}`;
    const { items: [away, ...rest] } = Page.parse(
      await stage.done("GET", next),
    );
    assert.deepEqual(rest, []);
    assert.equal(away?.state, "reconnecting");
    assert.equal(away?.graceUntil, 12_000);
  });
});

describe("a participant", () => {
  it("is shown with what the media server measures", async () => {
    stage.rooms.stats = {
      transports: [[transportStat]],
      producers: [[streamStat("inbound-rtp", 1), streamStat("inbound-rtp", 2)]],
      consumers: [
        [streamStat("outbound-rtp", 3), streamStat("inbound-rtp", 1)],
      ],
    };
    const shown = Item.parse(await stage.done("GET", `${PATH}/s`));
    assert.deepEqual(stage.rooms.asked, [{
      room: "r",
      asked: {
        epoch: 7,
        routerId: "R1",
        transportIds: ["T"],
        producerIds: ["P"],
        consumerIds: ["C"],
      },
    }]);
    assert.deepEqual(shown.transports, [{
      ...media.transports[0],
      stats: {
        bytesReceived: 1,
        bytesSent: 2,
        receiveBitrate: 3,
        sendBitrate: 4,
        selected: {
          protocol: "udp",
          localAddress: "10.0.0.1",
          localPort: 5,
          remoteAddress: "10.0.0.2",
          remotePort: 6,
        },
      },
    }]);
    const stream = { bitrate: 9, score: 10, packets: 11, packetsLost: 1 };
    assert.deepEqual(shown.producers, [{
      ...media.producers[0],
      streams: [
        { ...stream, ssrc: 1, roundTripMs: 12.5 },
        { ...stream, ssrc: 2, roundTripMs: 12.5 },
      ],
    }]);
    assert.deepEqual(shown.consumers, [{
      ...media.consumers[0],
      streams: [{ ...stream, ssrc: 3, roundTripMs: 12.5 }],
    }]);
  });

  it("is shown without them when the media server does not know, or is away", async () => {
    stage.rooms.stats = {
      transports: [null],
      producers: [null],
      consumers: [null],
    };
    assertNoStats(await stage.done("GET", `${PATH}/s`));
    stage.rooms.stats = null;
    assertNoStats(await stage.done("GET", `${PATH}/s`));
    assert.equal(stage.rooms.asked.length, 2);
  });

  it("is shown without them when nobody wants to know: nothing is asked", async () => {
    assertNoStats(await stage.done("GET", `${PATH}/s?stats=false`));
    assert.deepEqual(stage.rooms.asked, []);
  });

  it("with very much media: of what is beyond the limit nothing is asked", async () => {
    const [consumer] = described.consumers;
    assert.ok(consumer);
    const consumers = Array(101).fill(consumer);
    stage.rooms.rooms.set(
      "r",
      room("r", {
        participants: [participant("s", { ...described, consumers })],
      }),
    );
    const shown = Item.parse(await stage.done("GET", `${PATH}/s`));
    assert.equal(stage.rooms.asked[0]?.asked.consumerIds.length, 100);
    assert.equal(z.array(z.unknown()).parse(shown.consumers).length, 101);
  });

  it("is not found when it is not there: 404 on every route", async () => {
    assertProblem(await stage.call("GET", `${PATH}/x`), 404, /no such part/);
    const body = { room: "r2" };
    const move = await stage.call("POST", `${PATH}/x/move`, { body });
    assertProblem(move, 404, /no such part/);
  });

  it("is removed, and kept out for a while", async () => {
    await stage.done("DELETE", `${PATH}/s`);
    await stage.done("DELETE", `${PATH}/s?banSeconds=60`);
    assert.deepEqual(commands(), [
      { type: "removeParticipant", sessionId: "s" },
      { type: "removeParticipant", sessionId: "s", banMs: 60_000 },
    ]);
    for (const seconds of ["0", "x", ""]) {
      const path = `${PATH}/s?banSeconds=${seconds}`;
      assertProblem(await stage.call("DELETE", path), 400, /banSeconds/);
    }
  });

  it("is not changed to what others could not read", async () => {
    const deep = JSON.parse("[".repeat(17) + "]".repeat(17));
    const wrong = [{ name: "\ud83d" }, { metadata: ["\ud83d"] }, {
      metadata: deep,
    }];
    for (const body of wrong) {
      const answer = await stage.call("PATCH", `${PATH}/s`, { body });
      assertProblem(answer, 400, /does not fit/);
    }
    assert.deepEqual(commands(), []);
  });

  it("is changed: grants, name and metadata, each by itself", async () => {
    const changes = [
      { grants: { publish: ["microphone"], sendData: false } },
      { name: "Bob" },
      { metadata: { b: 2 } },
      { metadata: null },
      {},
    ];
    for (const body of changes) {
      const shown = Item.parse(
        await stage.done("PATCH", `${PATH}/s`, { body }),
      );
      assert.equal(shown.sessionId, "s");
    }
    assert.deepEqual(
      commands(),
      changes.map((change) => ({
        type: "updateParticipant",
        sessionId: "s",
        ...change,
      })),
    );
    for (const body of [{ grants: { fly: true } }, { name: 1 }]) {
      const answer = await stage.call("PATCH", `${PATH}/s`, { body });
      assertProblem(answer, 400, /does not fit/);
    }
  });

  it("has a track muted, and freed", async () => {
    for (const muted of [true, false]) {
      const path = `${PATH}/s/tracks/${encodeURIComponent("my cam/1")}`;
      await stage.done("PATCH", path, { body: { muted } });
    }
    assert.deepEqual(commands(), [
      { type: "setMuted", sessionId: "s", key: "my cam/1", muted: true },
      { type: "setMuted", sessionId: "s", key: "my cam/1", muted: false },
    ]);
  });

  it("is moved with a token of its own for the other room", async () => {
    await stage.done("POST", `${PATH}/s/move`, { body: { room: "r2" } });
    assert.deepEqual(commands(), [{
      type: "moveParticipant",
      sessionId: "s",
      room: "r2",
      token: "token for r2",
    }]);
    const [issued] = stage.issued;
    assert.equal(issued?.claims.sub, "identity of s");
    assert.equal(issued?.claims.grants.admin, false);
    assert.deepEqual(issued?.claims.metadata, { a: 1 });
    // As long as the one with which it came.
    assert.equal(issued?.ttlS, 2_600);
  });

  it("manages no other room for having been moved there", async () => {
    const { grants } = participant("s");
    const host = participant("s", { grants: { ...grants, admin: true } });
    stage.rooms.rooms.set("r", room("r", { participants: [host] }));
    await stage.done("POST", `${PATH}/s/move`, { body: { room: "r2" } });
    assert.equal(stage.issued[0]?.claims.grants.admin, false);
  });

  it("is moved only where the operator may: 403", async () => {
    const answer = await stage.call("POST", `${PATH}/s/move`, {
      body: { room: "r2" },
      token: "operator-of-r",
    });
    assertProblem(answer, 403, /does not grant the room r2/);
    assert.deepEqual(stage.issued, []);
  });
});

const transportStat = {
  type: "webrtc-transport",
  bytesReceived: 1,
  bytesSent: 2,
  recvBitrate: 3,
  sendBitrate: 4,
  iceSelectedTuple: {
    protocol: "udp",
    localIp: "10.0.0.1",
    localAddress: "10.0.0.1",
    localPort: 5,
    remoteIp: "10.0.0.2",
    remotePort: 6,
  },
};

const streamStat = (type: string, ssrc: number) => ({
  type,
  ssrc,
  bitrate: 9,
  score: 10,
  packetCount: 11,
  packetsLost: 1,
  roundTripTime: 12.5,
  fractionLost: 0,
});

function assertNoStats(shown: unknown): void {
  const read = z.object({
    transports: z.array(z.looseObject({ stats: z.null() })).length(1),
    producers: z.array(z.looseObject({ streams: z.null() })).length(1),
    consumers: z.array(z.looseObject({ streams: z.null() })).length(1),
  }).safeParse(shown);
  assert.ok(read.success, String(read.error));
}
