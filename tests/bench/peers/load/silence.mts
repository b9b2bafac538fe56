/**
 * Participants that fall silent without closing anything, as a program: see
 * `commands.mts`. In each room is one more, a witness, who is told of each
 * eviction and notes how late that is.
 *
 * @module
 */
import { Bare } from "./bare.mts";
import { forEach, obey } from "./commands.mts";
import { Guest, type Invitation } from "./guest.mts";

/** In which all fall silent, one after the other. */
const WITHIN_MS = 1_000;

const now = () => performance.timeOrigin + performance.now();
const field = (text: string, name: string) =>
  new RegExp(`"${name}":"?([^",}]+)`).exec(text)?.[1] ?? "";

/** Milliseconds of each eviction since it was due. */
let lateness: number[] = [];
let expected = 0;
let onAll = () => {};

function note(due: number): void {
  lateness.push(now() - due);
  if (lateness.length === expected) onAll();
}

async function hush(
  participants: readonly { isSilent: boolean }[],
): Promise<number[]> {
  lateness = [];
  expected = participants.length;
  const all = new Promise<void>((resolve) => onAll = resolve);
  participants.forEach((participant, index) => {
    const ms = WITHIN_MS * index / participants.length;
    setTimeout(() => participant.isSilent = true, ms);
  });
  await all;
  return lateness;
}

/** Takes each when it is said to be gone at the last moment that it was told. */
function witness(): (name: string, text: string) => void {
  const due = new Map<string, number>();
  return (name, text) => {
    const id = field(text, "sessionId");
    if (name === "participantReconnecting") {
      due.set(id, Number(field(text, "graceUntil")));
    } else if (name === "participantDisconnected") {
      const at = due.get(id);
      if (at === undefined) throw new Error(`evicted without grace: ${text}`);
      note(at);
    }
  };
}

await obey({
  /** The first of each room is its witness. */
  async sessions(
    { port, invitations }: { port: number; invitations: Invitation[][] },
  ) {
    const rooms = invitations.map((invited) =>
      invited.map((invitation, index) =>
        new Guest({
          port,
          ...invitation,
          ...(index === 0 && { onEvent: witness() }),
        })
      )
    );
    await forEach(rooms, async (room) => {
      for (const guest of room) await guest.join();
    }, 50);
    const measured = await hush(rooms.flatMap((room) => room.slice(1)));
    for (const [witness] of rooms) witness?.close();
    return measured;
  },

  async connections(
    { port, rooms, guests }: { port: number; rooms: number; guests: number },
  ) {
    const path = (index: number) => `/rooms/${index % rooms}`;
    const witnesses: Bare[] = [];
    const silent: Bare[] = [];
    const onText = (payload: Buffer) => note(Number(payload));
    await forEach([...Array(rooms).keys()], async (index) => {
      const connection = new Bare(port, { path: path(index), onText });
      witnesses.push(connection);
      await connection.opened;
    });
    await forEach([...Array(rooms * guests).keys()], async (index) => {
      const connection = new Bare(port, { path: path(index) });
      silent.push(connection);
      await connection.opened;
    });
    const measured = await hush(silent);
    for (const connection of witnesses) connection.cut();
    return measured;
  },
});
