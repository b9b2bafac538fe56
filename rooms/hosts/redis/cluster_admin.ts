/**
 * What operators do to rooms, and pages that go, through any process: it is done
 * where the room is.
 *
 * @module
 */
import { type Clock, pause } from "../../../clock.ts";
import type { PolicyPatch } from "../../../protocol/mod.ts";
import type { Log } from "../../../log.ts";
import type { AskedLink } from "../../../sfu/ask.ts";
import type {
  AdminCommand,
  AdminOutcome,
  Creation,
  RoomSummary,
} from "../../admin.ts";
import { isKnown, refused } from "../../core/admin/command.ts";
import type { Left } from "../../core/input.ts";
import { MediaStats, statsOf, StatsRequest } from "../../media_stats.ts";
import type { Located } from "./arrival.ts";
import type { Bus } from "./bus.ts";
import type { Question, Reply } from "./messages.ts";
import type { NodeList } from "./nodes.ts";
import type { Questions } from "./questions.ts";
import type { Residents } from "./residents.ts";

export type ClusterAdminOptions = {
  /** Of this process. */
  readonly node: string;
  readonly nodes: NodeList;
  readonly residents: Residents;
  readonly questions: Questions;
  readonly bus: Bus;
  readonly link: AskedLink;
  readonly clock: Clock;
  readonly log: Log;
};

/** Of a room that is on its way to another process. */
const TRIES = 5;
const RETRY_MS = 100;

export class ClusterAdmin {
  readonly #options: ClusterAdminOptions;

  constructor(options: ClusterAdminOptions) {
    this.#options = options;
  }

  /**
   * Of the whole cluster; those of processes that do not answer are missing, and
   * so are all others while Redis is away.
   */
  async list(): Promise<RoomSummary[]> {
    const { log } = this.#options;
    const names = await this.#processes();
    const rooms = await Promise.all(names.map(async (node) => {
      const listed = await this.#listOf(node);
      if (!listed) log.warn("rooms of a process are not known", { node });
      return listed ?? [];
    }));
    return rooms.flat().sort((a, b) => a.name < b.name ? -1 : 1);
  }

  async create(name: string, policy: PolicyPatch): Promise<Creation> {
    try {
      return await this.#options.residents.create(name, policy);
    } catch (error) {
      this.#options.log.info("room not created", { room: name, error });
      return "unavailable";
    }
  }

  async command(room: string, command: AdminCommand): Promise<AdminOutcome> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const outcome = await this.#command(room, command);
      if (outcome !== "moved") return outcome;
      await pause(this.#options.clock, RETRY_MS);
    }
    return refused("unavailable");
  }

  /** The media server is asked by the process that has the room: it has its router. */
  async getStats(
    room: string,
    asked: StatsRequest,
  ): Promise<MediaStats | null> {
    const { link, questions } = this.#options;
    const located = await this.#locate(room);
    if (located?.type === "here") return statsOf(located.actor, link, asked);
    if (located?.type !== "there") return null;
    const question: Question = { type: "stats", room, asked };
    const reply = await questions.ask(located.node, question);
    if (reply?.type !== "stats") return null;
    return MediaStats.safeParse(reply.stats).data ?? null;
  }

  async leave(room: string, left: Left): Promise<void> {
    const { residents, bus } = this.#options;
    const located = await residents.locate(room, "kept", undefined);
    if (located.type === "here") return located.actor.post(left);
    if (located.type !== "there") return;
    bus.send(located.node, { ...left, room });
  }

  /** To another process, of the rooms that are here. */
  async replyTo(question: Question): Promise<Reply> {
    const { residents } = this.#options;
    switch (question.type) {
      case "list":
        return { type: "list", rooms: await residents.list() };
      case "command": {
        const { room, command } = question;
        // One that only a later version knows is as if it had not come.
        const actor = isKnown(command)
          ? await residents.expected(room).catch(() => undefined)
          : undefined;
        const outcome = await actor?.command(command) ?? refused("roomEnded");
        return { type: "command", outcome };
      }
      case "stats":
        return { type: "stats", stats: await this.#statsHere(question) };
    }
  }

  async #statsHere(
    { room, asked }: Extract<Question, { type: "stats" }>,
  ): Promise<MediaStats | null> {
    const { residents, link } = this.#options;
    const read = StatsRequest.safeParse(asked);
    if (!read.success) return null;
    const actor = await residents.expected(room).catch(() => undefined);
    return await statsOf(actor, link, read.data);
  }

  /** `moved`: nothing was done, as the room was no more where it was looked for. */
  async #command(
    room: string,
    command: AdminCommand,
  ): Promise<AdminOutcome | "moved"> {
    const located = await this.#locate(room);
    switch (located?.type) {
      case "here":
        return unlessMoved(await located.actor.command(command));
      case "there": {
        const question: Question = { type: "command", room, command };
        const reply = await this.#options.questions
          .ask(located.node, question);
        // Without an answer it may be done, and is not to be done again.
        if (reply?.type !== "command") return refused("unavailable");
        return unlessMoved(reply.outcome);
      }
      case "none":
        return refused("roomNotFound");
      default:
        return refused("unavailable");
    }
  }

  /** Undefined: Redis is away. */
  async #locate(room: string): Promise<Located | undefined> {
    const { residents, log } = this.#options;
    try {
      return await residents.locate(room, "kept", undefined);
    } catch (error) {
      log.info("room not found out", { room, error });
      return undefined;
    }
  }

  /** This one alone while Redis is away. */
  async #processes(): Promise<string[]> {
    const { nodes, node, log } = this.#options;
    try {
      return [...(await nodes.all()).keys()];
    } catch (error) {
      log.warn("the other processes are not known", { error });
      return [node];
    }
  }

  async #listOf(node: string): Promise<RoomSummary[] | undefined> {
    const { residents, questions } = this.#options;
    if (node === this.#options.node) return await residents.list();
    const reply = await questions.ask(node, { type: "list" });
    return reply?.type === "list" ? reply.rooms : undefined;
  }
}

const unlessMoved = (outcome: AdminOutcome): AdminOutcome | "moved" =>
  outcome.type === "refused" &&
    (outcome.reason === "roomNotFound" || outcome.reason === "roomEnded")
    ? "moved"
    : outcome;
