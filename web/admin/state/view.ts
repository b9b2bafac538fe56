/**
 * What one looks at, as the page's address has it: `#/`, `#/rooms/standup`,
 * `#/rooms/standup/SESSION`.
 *
 * @module
 */
export type View =
  | { readonly at: "service" }
  | {
    readonly at: "room";
    readonly room: string;
    readonly sessionId?: string | undefined;
  };

export function viewOf(hash: string): View {
  const [, page, room, sessionId] = hash.replace(/^#/, "").split("/");
  if (page !== "rooms" || !room) return { at: "service" };
  return {
    at: "room",
    room: decoded(room),
    ...(sessionId && { sessionId: decoded(sessionId) }),
  };
}

export function hashOf(view: View): string {
  if (view.at === "service") return "#/";
  const { room, sessionId } = view;
  const parts = sessionId === undefined ? [room] : [room, sessionId];
  return `#/rooms/${parts.map(encodeURIComponent).join("/")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
