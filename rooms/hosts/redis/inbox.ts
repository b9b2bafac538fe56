/**
 * What other processes say to this one, and who it is for.
 *
 * @module
 */
import type { Log } from "../../../log.ts";
import type { Actor } from "../../actor.ts";
import type { Bus } from "./bus.ts";
import type { ClusterAdmin } from "./cluster_admin.ts";
import type { HeldConnections } from "./held.ts";
import { Message } from "./messages.ts";
import type { Questions } from "./questions.ts";
import type { Residents } from "./residents.ts";
import type { ServedConnections } from "./served.ts";

export type InboxOptions = {
  readonly bus: Bus;
  readonly held: HeldConnections;
  readonly served: ServedConnections;
  readonly questions: Questions;
  readonly residents: Residents;
  readonly admin: ClusterAdmin;
  readonly log: Log;
};

type Of<T extends Message["type"]> = Extract<Message, { type: T }>;

export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  heard(peer: string, body: unknown): void {
    const read = Message.safeParse(body);
    if (read.success) return this.#take(peer, read.data);
    this.#options.log.error("bus: a message cannot be read", { peer });
  }

  /** Nothing comes of the peer any more, and nothing reaches it. */
  broken(peer: string): void {
    const { held, served, questions } = this.#options;
    held.broken(peer);
    served.broken(peer);
    questions.broken(peer);
  }

  #take(peer: string, message: Message): void {
    const { held, served, questions, residents } = this.#options;
    switch (message.type) {
      case "open":
        return void this.#open(peer, message);
      case "said":
        return served.said(peer, message.connection, message.text);
      case "gone":
        return served.gone(peer, message.connection, message.clean);
      case "taken":
        return held.taken(peer, message.connection);
      case "elsewhere":
        return held.elsewhere(peer, message.connection);
      case "say":
        return held.say(peer, message.connection, message.text);
      case "close":
        return held.close(peer, message.connection, message.code);
      case "guessed":
        return held.guessed(peer, message.connection);
      case "left": {
        const { room, ...left } = message;
        return void this.#resident(room).then((actor) => actor?.post(left));
      }
      case "take":
        return void residents.locate(message.room, "kept", undefined)
          .catch(() => {});
      case "ask":
        return void this.#answer(peer, message);
      case "answer":
        return questions.answered(message.id, message.reply);
    }
  }

  /** The holder of a socket thinks that its room is here. */
  async #open(
    peer: string,
    { connection: id, room, admission, address, mayPlace }: Of<"open">,
  ): Promise<void> {
    const { served, residents } = this.#options;
    const connection = served.open(peer, id, address);
    const wanted = admission.method === "join" ? "any" : "kept";
    const actor = await this.#resident(room) ??
      (mayPlace ? await residents.tryPlace(room, wanted) : undefined);
    if (!served.isOpen(connection)) return;
    if (actor === undefined) return served.elsewhere(peer, id);
    served.taken(peer, id);
    residents.enter(actor, connection, admission);
  }

  /** None where Redis is away, too. */
  #resident(room: string): Promise<Actor | undefined> {
    return this.#options.residents.expected(room).catch(() => undefined);
  }

  async #answer(peer: string, { id, question }: Of<"ask">): Promise<void> {
    const { admin, bus } = this.#options;
    const reply = await admin.replyTo(question);
    bus.send(peer, { type: "answer", id, reply });
  }
}
