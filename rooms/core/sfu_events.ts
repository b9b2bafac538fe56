/**
 * What the SFU tells of a room's media, and who hears of it.
 *
 * @module
 */
import type { SfuEvent, SfuEventName } from "../../sfu/methods.ts";
import { loseConsumer } from "./media/consumers.ts";
import { loseDataConsumer, removeDataProducer } from "./media/data.ts";
import { strand } from "./media/lost.ts";
import { find } from "./media/owned.ts";
import { removeProducer } from "./media/producers.ts";
import { transportChanged } from "./media/transports.ts";
import { hint, hintAll, tell } from "./outbox.ts";
import { routerLost } from "./router.ts";
import type { Step } from "./state.ts";

type Told<E extends SfuEventName> = Extract<SfuEvent, { event: E }>["params"];

/** An event of something that the room has closed already finds nobody. */
const handlers: {
  readonly [E in SfuEventName]: (step: Step, params: Told<E>) => void;
} = {
  transportState(step, { routerId: _, transportId, ...states }) {
    const found = find(step.state, "transports", transportId);
    if (found) transportChanged(step, found.owner, transportId, states);
  },
  producerScore(step, { producerId, scores }) {
    const found = find(step.state, "producers", producerId);
    if (found) hint(step, found.owner, "producerScore", { producerId, scores });
  },
  consumerScore(step, { consumerId, score }) {
    const found = find(step.state, "consumers", consumerId);
    if (found) hint(step, found.owner, "consumerScore", { consumerId, score });
  },
  consumerLayers(step, { consumerId, layers }) {
    const found = find(step.state, "consumers", consumerId);
    if (found) {
      hint(step, found.owner, "consumerLayers", { consumerId, layers });
    }
  },

  producerClosed(step, { producerId, cause }) {
    const found = find(step.state, "producers", producerId);
    if (!found) return;
    const { owner, thing: { info: { key } } } = found;
    removeProducer(step, owner, producerId, cause);
    // Not the owner's doing, so the owner is told as well.
    const params = { sessionId: owner.id, producerId, key, cause };
    tell(step, owner, "producerRemoved", params);
  },
  consumerClosed(step, { consumerId, cause }) {
    loseConsumer(step, consumerId, cause);
  },
  dataProducerClosed(step, { dataProducerId, cause }) {
    const found = find(step.state, "dataProducers", dataProducerId);
    if (!found) return;
    const { owner, thing: { info: { key } } } = found;
    removeDataProducer(step, owner, dataProducerId, cause);
    const params = { sessionId: owner.id, dataProducerId, key, cause };
    tell(step, owner, "dataProducerRemoved", params);
  },
  dataConsumerClosed(step, { dataConsumerId, cause }) {
    loseDataConsumer(step, dataConsumerId, cause);
  },

  audioLevels(step, { levels }) {
    const volumes = new Map<string, number>();
    for (const { producerId, volume } of levels) {
      const sessionId = find(step.state, "producers", producerId)?.owner.id;
      if (sessionId === undefined || volumes.has(sessionId)) continue;
      volumes.set(sessionId, volume);
    }
    if (volumes.size === 0 && levels.length > 0) return;
    hintAll(step, "audioLevels", {
      levels: [...volumes].map(([sessionId, volume]) => ({
        sessionId,
        volume,
      })),
    });
  },
  activeSpeaker(step, { producerId }) {
    const sessionId = find(step.state, "producers", producerId)?.owner.id;
    if (sessionId) hintAll(step, "activeSpeaker", { sessionId });
  },

  transportLost(step, { transportId }) {
    const found = find(step.state, "transports", transportId);
    if (found) strand(step, found.owner, transportId);
  },
  /** It is for who keeps several sidecars together. */
  pipeFailed() {},

  routerClosed(step, { routerId }) {
    routerLost(step, routerId);
  },
};

export function handleSfuEvent<E extends SfuEventName>(
  step: Step,
  event: E,
  params: Told<E>,
): void {
  handlers[event](step, params);
}
