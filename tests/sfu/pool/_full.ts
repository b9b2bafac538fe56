/** A room that fills its sidecar, and what is asked of it. */
import assert from "node:assert/strict";
import { type PlayedLink, Stage } from "./_stage.ts";

/** A room in `eu-1` that is full. */
export async function full(names = ["eu-1", "eu-2"]) {
  const stage = new Stage(names);
  const routerId = await stage.room();
  stage.link("eu-1").isCrowded = true;
  return { stage, routerId };
}

/** The same, and spread to `eu-2`, with a transport in each. */
export async function spread() {
  const { stage, routerId } = await full();
  const here = await arrive(stage, routerId);
  const there = await arrive(stage, routerId);
  assert.match(here, /^eu-1/);
  assert.match(there, /^eu-2/);
  return { stage, routerId, here, there };
}

export async function arrive(stage: Stage, routerId: string): Promise<string> {
  const made = await stage.call("createWebRtcTransport", { routerId });
  assert.ok(made.ok, "no transport");
  return made.result.transportId;
}

export async function produce(
  stage: Stage,
  routerId: string,
  transportId: string,
) {
  const made = await stage.call("produce", {
    routerId,
    transportId,
    kind: "audio",
    rtpParameters: { codecs: [] },
    paused: false,
  });
  assert.ok(made.ok, "no producer");
  return made.result.producerId;
}

export const consume = (
  stage: Stage,
  routerId: string,
  transportId: string,
  producerId: string,
) =>
  stage.call("consume", {
    routerId,
    transportId,
    producerId,
    rtpCapabilities: {},
    paused: false,
  });

export const methods = (link: PlayedLink) =>
  link.asked.map(({ method }) => method);
export const count = (link: PlayedLink, method: string) =>
  methods(link).filter((one) => one === method).length;
