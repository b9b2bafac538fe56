import * as z from "zod";

/** The topic of room messages that people write to each other. */
export const CHAT_TOPIC = "chat";
/** Characters; with any encoding far below the room's limit of bytes. */
export const LONGEST_MESSAGE = 2_000;

const Body = z.object({ text: z.string().min(1).max(LONGEST_MESSAGE) });
type Body = z.infer<typeof Body>;

export function chatBody(text: string): Body {
  return { text: text.slice(0, LONGEST_MESSAGE) };
}

/** The text of a chat message; other bodies are not for people to read. */
export function chatText(topic: string, body: unknown): string | undefined {
  if (topic !== CHAT_TOPIC) return undefined;
  const parsed = Body.safeParse(body);
  return parsed.success ? parsed.data.text : undefined;
}
