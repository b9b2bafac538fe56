import type { SfuMethod, SfuParams, SfuResult } from "../../../sfu/methods.ts";
import type { Core } from "./_core.ts";
import { opus, vp8Simulcast } from "./_media.ts";
import type { TestOwner } from "./_owner.ts";

type Without<M extends SfuMethod> = Omit<SfuParams<M>, "routerId">;

/** A router, and its owner's calls to it. */
export class TestRoom {
  readonly core: Core;
  readonly owner: TestOwner;
  readonly routerId: string;
  readonly rtpCapabilities: SfuResult<"createRouter">["rtpCapabilities"];

  private constructor(
    core: Core,
    owner: TestOwner,
    { routerId, rtpCapabilities }: SfuResult<"createRouter">,
  ) {
    this.core = core;
    this.owner = owner;
    this.routerId = routerId;
    this.rtpCapabilities = rtpCapabilities;
  }

  static async make(
    core: Core,
    owner: TestOwner,
    params: SfuParams<"createRouter"> = {
      label: "test",
      audioLevelIntervalMs: 250,
    },
  ): Promise<TestRoom> {
    const made = await core.call(owner, "createRouter", params);
    return new TestRoom(core, owner, made);
  }

  transport(params: Without<"createWebRtcTransport"> = {}) {
    const { core, owner, routerId } = this;
    return core.call(owner, "createWebRtcTransport", { routerId, ...params });
  }

  async produceAudio(transportId: string, ssrc?: number): Promise<string> {
    const { producerId } = await this.produce({
      transportId,
      kind: "audio",
      rtpParameters: opus(ssrc),
      paused: false,
    });
    return producerId;
  }

  async produceVideo(transportId: string): Promise<string> {
    const { producerId } = await this.produce({
      transportId,
      kind: "video",
      rtpParameters: vp8Simulcast(),
      paused: false,
    });
    return producerId;
  }

  produce(params: Without<"produce">): Promise<SfuResult<"produce">> {
    const { core, owner, routerId } = this;
    return core.call(owner, "produce", { routerId, ...params });
  }

  consume(
    transportId: string,
    producerId: string,
  ): Promise<SfuResult<"consume">> {
    const { core, owner, routerId, rtpCapabilities } = this;
    return core.call(owner, "consume", {
      routerId,
      transportId,
      producerId,
      rtpCapabilities,
      paused: false,
    });
  }

  async produceData(transportId: string, streamId = 1): Promise<string> {
    const { core, owner, routerId } = this;
    const { dataProducerId } = await core.call(owner, "produceData", {
      routerId,
      transportId,
      sctpStreamParameters: { streamId },
      label: "chat",
      protocol: "",
    });
    return dataProducerId;
  }

  consumeData(
    transportId: string,
    dataProducerId: string,
  ): Promise<SfuResult<"consumeData">> {
    const { core, owner, routerId } = this;
    return core.call(owner, "consumeData", {
      routerId,
      transportId,
      dataProducerId,
    });
  }

  dump(): Promise<SfuResult<"dumpRouter">> {
    const { core, owner, routerId } = this;
    return core.call(owner, "dumpRouter", { routerId });
  }
}

/** Alice sends audio, video and data; Bob receives all three. */
export async function fill(room: TestRoom) {
  const { transportId: alice } = await room.transport({ sctp: true });
  const { transportId: bob } = await room.transport({ sctp: true });
  const audio = await room.produceAudio(alice);
  const video = await room.produceVideo(alice);
  const dataProducerId = await room.produceData(alice);
  const [heard, seen, read] = await Promise.all([
    room.consume(bob, audio),
    room.consume(bob, video),
    room.consumeData(bob, dataProducerId),
  ]);
  return {
    alice,
    bob,
    audio,
    video,
    dataProducerId,
    audioConsumer: heard.consumerId,
    videoConsumer: seen.consumerId,
    dataConsumerId: read.dataConsumerId,
  };
}
