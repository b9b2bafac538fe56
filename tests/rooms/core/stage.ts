/** A room in which media flows. */
import { World } from "./world.ts";

/** Two with media: ann publishes, bob has what he needs to consume it. */
export function stage() {
  const world = new World();
  const ann = world.join("ann");
  const bob = world.join("bob");
  const { producerId, transportId: send } = world.publish(ann);
  const dataProducerId = world.publishData(ann);
  const { consumerId, transportId: recv } = world.subscribe(bob, producerId);
  ann.takeEvents();
  bob.takeEvents();
  return {
    world,
    ann,
    bob,
    send,
    recv,
    producerId,
    dataProducerId,
    consumerId,
  };
}
