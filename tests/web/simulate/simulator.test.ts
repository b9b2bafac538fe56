import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import {
  type Fault,
  type Simulation,
  Simulator,
} from "../../../web/room/simulate/simulator.ts";
import { Clock } from "../../client/fakes/clock.ts";
import { FakeSocket } from "../../client/fakes/socket.ts";

const URL_OF_ROOM = new URL("wss://example.org/rooms/tea/ws");

describe("the simulator", () => {
  let clock: Clock;
  let simulator: Simulator;
  let told: (Simulation | undefined)[];
  let dialled: number;

  beforeEach(() => {
    clock = new Clock();
    simulator = new Simulator(clock);
    told = [];
    simulator.onChange = (simulation) => told.push(simulation);
    dialled = 0;
  });

  class Counted extends FakeSocket {
    constructor(url: URL, protocol: string) {
      super(url, protocol);
      dialled++;
    }
  }
  /** Whether a new connection gets through. */
  const dials = (): boolean => {
    const { WebSocket } = simulator.over({ WebSocket: Counted });
    const before = dialled;
    new WebSocket(URL_OF_ROOM, "holdfast.v1");
    return dialled > before;
  };

  it("cuts signaling where that is asked for, and leaves it alone where not", () => {
    const faults: Fault[] = ["signaling", "both", "media"];
    const through = faults.map((fault) => {
      simulator.start(fault, 3_000);
      return dials();
    });
    assert.deepEqual(through, [false, false, true]);
  });

  it("says until when, ends by itself, and says that too", () => {
    simulator.start("signaling", 3_000);
    assert.deepEqual(told.at(-1), {
      fault: "signaling",
      until: clock.now() + 3_000,
    });
    clock.advance(2_999);
    assert.equal(dials(), false);
    clock.advance(1);
    assert.equal(told.at(-1), undefined);
    assert.equal(dials(), true);
  });

  it("ends when it is told to, and a later fault has its whole time", () => {
    simulator.start("signaling", 3_000);
    clock.advance(2_000);
    simulator.stop();
    assert.equal(dials(), true);
    simulator.start("signaling", 3_000);
    clock.advance(2_000);
    assert.equal(dials(), false);
  });
});
