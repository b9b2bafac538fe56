/**
 * What runs in the pages; Playwright sends it as text.
 *
 * @module
 */
import type { Room } from "../../../client/mod.ts";

/** `at`: milliseconds since 1970. */
export type Said = { number: number; at: number; outcome: string };

export type Chatter = {
  room: Room;
  said: Said[];
  heard: { from: string; number: number; at: number }[];
  stop: boolean;
};

/** Notes the numbers that the others say. */
export function hear(room: Room): Chatter {
  const heard: Chatter["heard"] = [];
  room.on("message", ({ from, body }) => {
    const number = Number(body);
    heard.push({ from: from?.identity ?? "nobody", number, at: Date.now() });
  });
  return { room, said: [], heard, stop: false };
}

/** Says one number after the other to all. */
export function talk(chatter: Chatter): void {
  const { room, said } = chatter;
  const timer = setInterval(() => {
    if (chatter.stop) return clearInterval(timer);
    const word = { number: said.length, at: Date.now(), outcome: "" };
    said.push(word);
    room.sendMessage("chatter", word.number).then(
      () => word.outcome = "sent",
      (error) => word.outcome = String(error?.code ?? error),
    );
  }, 200);
}
