/**
 * What the room has of one's media, as a resume tells it, beside what is here.
 *
 * @module
 */
import type { ResumeResult } from "../../protocol/mod.ts";
import { OutgoingTrack } from "./outgoing_track.ts";
import type { Receiver, Receiving } from "./receiving.ts";
import type { Direction } from "./recovery/io.ts";
import type { Outgoing, Sending } from "./sending.ts";
import type { Transports } from "./transports.ts";

/** Without `self`, the room is as it was, with what it tells. */
export type Told = Pick<ResumeResult, "transports" | "open" | "self">;

export type Here = {
  readonly transports: Transports;
  readonly sending: Sending;
  readonly receiving: Receiving;
};

/** What the room has not, or has otherwise. */
export type Lack = {
  readonly direction: Direction;
  /**
   * Does it again, unless that has been done meanwhile.
   *
   * @throws {HoldfastError} when it has to be tried again.
   */
  readonly mend: () => Promise<void>;
};

export type Strays = {
  readonly transports: readonly string[];
  /** Producers, consumers and their data kin. */
  readonly things: readonly string[];
};

/** What has lost its transport is not among it: it is made anew with that. */
export function lacksOf(here: Here, told: Told): Lack[] {
  const { sending, receiving } = here;
  const open = new Set(told.open);
  const paused = new Map(
    told.self?.producers.map(({ producerId, paused }) => [producerId, paused]),
  );
  const lacks: (Lack | undefined)[] = [];
  if (isCarried("send", here, told)) {
    for (const outgoing of sending.published) {
      const { producerId } = outgoing;
      if (!open.has(producerId)) lacks.push(lackOf(sending, outgoing));
      else lacks.push(otherwise(outgoing, paused.get(producerId)));
    }
  }
  if (isCarried("recv", here, told)) {
    for (const receiver of receiving.receivers) {
      const { consumerId } = receiver;
      if (consumerId !== undefined && !open.has(consumerId)) {
        lacks.push(lackOfConsumer(receiver, consumerId));
      }
    }
  }
  return lacks.filter((lack) => lack !== undefined);
}

/** What the room has and nothing here is about. */
export function straysOf(here: Here, told: Told): Strays {
  const { transports, sending, receiving } = here;
  const { producers = [], dataProducers = [] } = told.self ?? {};
  const open = new Set(told.open);
  // What is published anew takes the place of what has its key.
  const keys = new Set(
    sending.published
      .filter(({ producerId }) => producerId !== "" && !open.has(producerId))
      .map(({ offer }) => offer.key),
  );
  const known = [
    ...producers.map(({ key, producerId: id }) => ({ key, id })),
    ...dataProducers.map(({ key, dataProducerId: id }) => ({ key, id })),
  ];
  for (const { key, id } of known) {
    if (keys.has(key)) open.delete(id);
    else open.add(id);
  }
  return {
    transports: told.transports.map(({ transportId }) => transportId)
      .filter((id) => transports.directionOf(id) === undefined),
    things: [...open].filter((id) =>
      !sending.holds(id) && !receiving.holds(id)
    ),
  };
}

function isCarried(
  direction: Direction,
  { transports }: Here,
  told: Told,
): boolean {
  const id = transports[direction].current?.id;
  return told.transports.some(({ transportId, advice }) =>
    transportId === id && advice !== "recreate"
  );
}

/** Undefined while it is published for the first time. */
function lackOf(sending: Sending, outgoing: Outgoing): Lack | undefined {
  const { producerId } = outgoing;
  if (producerId === "") return undefined;
  const mend = async () => {
    if (outgoing.producerId === producerId) await sending.renew(outgoing);
  };
  return { direction: "send", mend };
}

/** Undefined where it is muted here and there, or here and there not. */
function otherwise(
  outgoing: Outgoing,
  paused: boolean | undefined,
): Lack | undefined {
  if (!(outgoing instanceof OutgoingTrack) || paused === undefined) return;
  if (outgoing.isMuted === paused) return;
  const { producerId } = outgoing;
  const mend = async () => {
    if (outgoing.producerId === producerId) await outgoing.restate(paused);
  };
  return { direction: "send", mend };
}

function lackOfConsumer(receiver: Receiver, lost: string): Lack {
  const mend = async () => {
    const { consumerId = lost } = receiver;
    if (consumerId === lost) await receiver.renew();
  };
  return { direction: "recv", mend };
}
