/** Names of rooms and people, as the page offers and shows them. */
import { RoomName } from "../../protocol/mod.ts";

const adjectives = [
  "amber",
  "brave",
  "bright",
  "calm",
  "clear",
  "cosy",
  "early",
  "easy",
  "fair",
  "gentle",
  "glad",
  "golden",
  "green",
  "happy",
  "kind",
  "light",
  "lively",
  "lucky",
  "mellow",
  "merry",
  "mild",
  "open",
  "quick",
  "quiet",
  "silver",
  "sunny",
  "swift",
  "tidal",
  "warm",
  "wide",
  "wild",
  "wise",
];
const nouns = [
  "anchor",
  "bay",
  "beach",
  "breeze",
  "cliff",
  "coast",
  "coral",
  "cove",
  "current",
  "dune",
  "ferry",
  "fjord",
  "harbor",
  "island",
  "jetty",
  "kelp",
  "lagoon",
  "lantern",
  "lighthouse",
  "marina",
  "meadow",
  "otter",
  "pebble",
  "pier",
  "reef",
  "river",
  "sail",
  "seal",
  "shell",
  "shore",
  "tide",
  "wave",
];

/** A room name that can be said on the phone; `random` gives [0, 1). */
export function friendlyRoomName(random: () => number): string {
  const pick = (words: string[]) =>
    words[Math.floor(random() * words.length)] ?? "calm";
  const number = 1000 + Math.floor(random() * 9000);
  return `${pick(adjectives)}-${pick(nouns)}-${number}`;
}

/**
 * What a person typed or pasted, as a room name: a link to a room gives its
 * name, spaces become dashes, accents go. `undefined` where nothing usable is
 * left or other characters remain.
 */
export function toRoomName(typed: string): string | undefined {
  const text = (nameInLink(typed.trim()) ?? typed)
    .normalize("NFKD").replace(/\p{M}/gu, "")
    .trim().replace(/\s+/g, "-");
  return RoomName.safeParse(text).success ? text : undefined;
}

/** The room that an address asks for: `?room=NAME` or `#NAME`. */
export function roomInAddress(address: URL): string | undefined {
  const named = address.searchParams.get("room") ?? decoded(address.hash);
  return named === "" ? undefined : named;
}

export function roomLink(page: string, room: string): string {
  const link = new URL(page);
  link.hash = "";
  link.search = "";
  link.searchParams.set("room", room);
  return link.href;
}

function nameInLink(text: string): string | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  return roomInAddress(new URL(text));
}

function decoded(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}

/** Up to two letters that stand for a name: first and last word. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) =>
    /[\p{L}\p{N}]/u.test(word)
  );
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = picked.map((word) => word?.match(/[\p{L}\p{N}]/u)?.[0] ?? "");
  return letters.join("").toUpperCase() || "?";
}

/** The same name always has the same one of `count` colours. */
export function colourOf(name: string, count = 8): number {
  let hash = 0;
  for (const letter of name) {
    hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  }
  return hash % count;
}
