import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { HintParams } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import { World } from "./world.ts";

const server = (username: string) => ({
  urls: ["turn:192.0.2.1"],
  username,
  credential: "c",
});

describe("ICE servers", () => {
  it("IC1: come with the answers to join and resume, made for each", () => {
    const world = new World();
    world.iceServers = { servers: [server("first")], renewAt: null };
    const ann = world.knock("ann");
    const { iceServers } = ann.result<"join">(1);
    assert.deepEqual(iceServers, [server("first")]);
    world.iceServers = { servers: [server("second")], renewAt: null };
    ann.drop();
    assert.deepEqual(world.resumed(ann).iceServers, [server("second")]);
  });

  it("IC1: are told anew when their time has come, each time they are", () => {
    const world = new World();
    const start = world.now;
    world.iceServers = { servers: [server("first")], renewAt: start + 60_000 };
    const ann = world.join("ann");
    world.iceServers = { servers: [server("next")], renewAt: start + 120_000 };
    world.advance(59_999);
    assert.deepEqual(told(ann), []);
    world.advance(1);
    assert.deepEqual(told(ann), ["next"]);
    world.iceServers = { servers: [server("last")], renewAt: null };
    world.advance(60_000);
    assert.deepEqual(told(ann), ["next", "last"]);
    world.advance(600_000);
    assert.deepEqual(told(ann), ["next", "last"]);
  });

  it("IC1: are not told to who is away; the resume brings others, with a time of their own", () => {
    const world = new World();
    const start = world.now;
    world.iceServers = { servers: [server("first")], renewAt: start + 5_000 };
    const ann = world.join("ann");
    world.iceServers = { servers: [server("back")], renewAt: start + 20_000 };
    ann.drop();
    world.advance(6_000);
    assert.deepEqual(world.resumed(ann).iceServers, [server("back")]);
    assert.deepEqual(told(ann), []);
    world.iceServers = { servers: [server("next")], renewAt: null };
    world.advance(14_000);
    assert.deepEqual(told(ann), ["next"]);
  });
});

const told = ({ hints }: Client) =>
  hints.filter(({ hint }) => hint === "iceServers")
    .map(({ params }) =>
      (params as HintParams<"iceServers">).iceServers[0]?.username
    );
