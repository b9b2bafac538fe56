/**
 * What an operator can do to the service, to rooms and to participants.
 *
 * @module
 */
import { type AdminClient, get } from "../../../admin/client.ts";

type Person = {
  readonly room: string;
  readonly sessionId: string;
  readonly identity: string;
  readonly name: string;
};

export type Action =
  | { readonly type: "remove"; readonly who: Person }
  | { readonly type: "ban"; readonly who: Person }
  | { readonly type: "mute"; readonly who: Person; readonly key: string }
  | { readonly type: "allow"; readonly who: Person; readonly key: string }
  | { readonly type: "move"; readonly who: Person }
  | { readonly type: "messageOne"; readonly who: Person }
  | { readonly type: "messageAll"; readonly room: string }
  | {
    readonly type: "close";
    readonly room: string;
    readonly participants: number;
  }
  | { readonly type: "drain" }
  | { readonly type: "undrain" };

/** What the operator fills in. */
export type Form = {
  readonly banSeconds: number;
  readonly target: string;
  readonly text: string;
};

/** What the demo room shows as a line of its chat. */
const TOPIC = "chat";

/** @throws {AdminError} when the service refuses. */
export async function perform(
  client: AdminClient,
  action: Action,
  { banSeconds, target, text }: Form,
): Promise<void> {
  switch (action.type) {
    case "remove":
      await get(client.DELETE(PARTICIPANT, { params: pathTo(action.who) }));
      return;
    case "ban": {
      const { room, identity } = action.who;
      const params = { path: { room, identity } };
      const body = { seconds: banSeconds };
      await get(client.PUT("/rooms/{room}/bans/{identity}", { params, body }));
      return;
    }
    case "mute":
    case "allow": {
      const { room, sessionId } = action.who;
      const params = { path: { room, sessionId, key: action.key } };
      const body = { muted: action.type === "mute" };
      await get(client.PATCH(`${PARTICIPANT}/tracks/{key}`, { params, body }));
      return;
    }
    case "move": {
      const params = pathTo(action.who);
      const body = { room: target };
      await get(client.POST(`${PARTICIPANT}/move`, { params, body }));
      return;
    }
    case "messageOne":
      return await message(client, action.who.room, text, [
        action.who.sessionId,
      ]);
    case "messageAll":
      return await message(client, action.room, text);
    case "close": {
      const params = { path: { room: action.room } };
      await get(client.DELETE("/rooms/{room}", { params }));
      return;
    }
    case "drain":
      await get(client.PUT("/drain"));
      return;
    case "undrain":
      await get(client.DELETE("/drain"));
  }
}

const PARTICIPANT = "/rooms/{room}/participants/{sessionId}";

const pathTo = ({ room, sessionId }: Person) => ({ path: { room, sessionId } });

async function message(
  client: AdminClient,
  room: string,
  text: string,
  to?: string[],
): Promise<void> {
  const params = { path: { room } };
  const body = { topic: TOPIC, body: { text }, ...(to && { to }) };
  await get(client.POST("/rooms/{room}/messages", { params, body }));
}
