/**
 * Who is heard in a router, and who speaks.
 *
 * @module
 */
import type { types } from "mediasoup";
import { ask } from "./failure.ts";
import type { Log } from "./log.ts";
import type { AudioObservers, RouterEntry } from "./router_entry.ts";
import { bring } from "./spread.ts";

/** More voices at once than anybody shows. */
const MAX_ENTRIES = 16;
/** dBov; what is below is the noise of a room. */
const THRESHOLD = -70;

/**
 * `intervalMs` 0: nobody asks for levels; who speaks is told all the same.
 *
 * @throws {RpcError}
 */
export async function observeAudio(
  router: types.Router,
  intervalMs: number,
): Promise<AudioObservers> {
  const makeSpeaker = ask(router, () => router.createActiveSpeakerObserver());
  if (intervalMs === 0) return { speaker: await makeSpeaker };
  const makeLevels = ask(router, () =>
    router.createAudioLevelObserver({
      maxEntries: MAX_ENTRIES,
      threshold: THRESHOLD,
      interval: intervalMs,
    }));
  const [speaker, levels] = await Promise.all([makeSpeaker, makeLevels]);
  return { speaker, levels };
}

/** Passes on what the observers of the router hear. */
export function tellAudio(entry: RouterEntry): void {
  const { speaker, levels } = entry.audio;
  const routerId = entry.id;
  speaker.on("dominantspeaker", ({ producer }) =>
    entry.tell({
      event: "activeSpeaker",
      params: { routerId, producerId: producer.id },
    }));
  const tellLevels = (volumes: types.AudioLevelObserverVolume[]) =>
    entry.tell({
      event: "audioLevels",
      params: {
        routerId,
        levels: volumes.map(({ producer, volume }) => ({
          producerId: producer.id,
          volume,
        })),
      },
    });
  levels?.on("volumes", tellLevels);
  levels?.on("silence", () => tellLevels([]));
}

/**
 * Where it is heard it is piped to, if it is elsewhere. It leaves the observers
 * by itself when it closes.
 */
export async function hear(
  entry: RouterEntry,
  { id: producerId, kind }: Pick<types.Producer, "id" | "kind">,
  log: Log,
): Promise<void> {
  if (kind !== "audio") return;
  const { speaker, levels } = entry.audio;
  try {
    await bring(entry, "producer", producerId, entry.main);
    const observers = levels ? [speaker, levels] : [speaker];
    await Promise.all(observers.map((one) => one.addProducer({ producerId })));
  } catch (error) {
    log.debug("producer not heard", { producerId, reason: String(error) });
  }
}
