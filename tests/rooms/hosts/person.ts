/** Somebody with a client: over a socket to a process, and after it another. */
import assert from "node:assert/strict";
import {
  type EventName,
  events,
  JoinResult,
  parseFrame,
  ResumeResult,
} from "../../../protocol/mod.ts";
import type { Socket, SocketListener } from "../../../rooms/connection.ts";
import { eventually } from "../../support/eventually.ts";
import type { Process } from "./stage.ts";

type Refusal = {
  readonly code: number;
  readonly data: { readonly reason?: string; readonly retryAfterMs?: number };
};
type Answer = { readonly result?: unknown; readonly error?: Refusal };
type Told = { readonly event: EventName; readonly params: unknown };

/** One socket; the client's end of it. */
class Line implements Socket {
  readonly bufferedAmount = 0;
  closedWith: number | undefined;
  readonly listener: SocketListener;
  readonly #heard: (text: string) => void;

  constructor(process: Process, room: string, heard: (text: string) => void) {
    this.#heard = heard;
    this.listener = process.host.accept(room, this);
  }

  get isOpen(): boolean {
    return this.closedWith === undefined;
  }

  send(text: string): void {
    if (this.isOpen) this.#heard(text);
  }

  close(code: number): void {
    this.closedWith ??= code;
    queueMicrotask(() => this.listener.closed(false));
  }

  terminate(): void {
    this.closedWith ??= 1006;
  }

  say(frame: object): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...frame });
    if (this.isOpen) this.listener.received(text);
  }

  /** The network loses it, or the client closes it in so many words. */
  hangUp(clean: boolean): void {
    this.closedWith = clean ? 1000 : 1006;
    this.listener.closed(clean);
  }
}

export class Person {
  readonly identity: string;
  readonly room: string;
  /** All events of the stay, in order, each once: else the test fails. */
  readonly events: Told[] = [];
  sessionId = "";
  secret = "";
  epoch = 0;
  seq = 0;
  /** Answers to resumes with a snapshot in place of events. */
  snapshots = 0;
  /** Whether the process has said that it goes, and where it has sent it then. */
  isSentAway = false;
  sentTo: string | undefined;
  #line: Line | undefined;
  #attempts = 0;
  #lastId = 0;
  readonly #answers = new Map<number, Answer>();
  #complaint: string | undefined;

  constructor(identity: string, room: string) {
    this.identity = identity;
    this.room = room;
  }

  static async join(
    process: Process,
    identity: string,
    room = "r",
  ): Promise<Person> {
    const person = new Person(identity, room);
    const { result, error } = await person.knock(process);
    assert.ok(result, `${identity} was refused: ${JSON.stringify(error)}`);
    return person;
  }

  /** What a join is answered. */
  async knock(process: Process): Promise<Answer> {
    this.#dial(process);
    const answer = await this.#ask("join", { token: this.identity });
    if (answer.result) {
      const joined = JoinResult.parse(answer.result);
      const { sessionId, secret, epoch, seq } = joined;
      Object.assign(this, { sessionId, secret, epoch, seq });
    }
    return answer;
  }

  /** What a resume is answered. */
  async comeBack(process: Process): Promise<Answer> {
    this.#dial(process);
    const answer = await this.#ask("resume", {
      sessionId: this.sessionId,
      secret: this.secret,
      epoch: this.epoch,
      ack: this.seq,
      attempt: ++this.#attempts,
    });
    if (answer.result) this.#resumed(ResumeResult.parse(answer.result));
    return answer;
  }

  /** The same, as often as the service asks for it, as the SDK does. */
  resume(process: Process, within = 15_000): Promise<Answer> {
    return eventually(async () => {
      const answer = await this.comeBack(process);
      assert.ok(answer.result, `refused: ${JSON.stringify(answer.error)}`);
      return answer;
    }, { within, every: 100 });
  }

  /** Code with which the socket was closed. */
  get closedWith(): number | undefined {
    return this.#line?.closedWith;
  }

  async send(topic: string): Promise<void> {
    const body = { from: this.identity };
    const { error } = await this.#ask("sendMessage", { topic, body });
    assert.equal(error, undefined);
  }

  /** What it is answered to call oneself something else. */
  rename(name: string): Promise<Answer> {
    return this.#ask("updateMetadata", { name });
  }

  /** Says something, whether it is answered or not. */
  mumble(topic: string): void {
    const params = { topic, body: null };
    this.#line?.say({ id: ++this.#lastId, method: "sendMessage", params });
  }

  async leave(): Promise<void> {
    await this.#ask("leave", {});
  }

  drop(): void {
    this.#line?.hangUp(false);
  }

  close(): void {
    this.#line?.hangUp(true);
  }

  /**
   * Names of events and what they are about, as far as they have come. A grace
   * that becomes longer, as it does on a busy machine, is told once.
   */
  get story(): string[] {
    const graces = new Set<unknown>();
    return this.events.flatMap(({ event, params }) => {
      const given = params as Record<string, unknown>;
      const { sessionId } = given;
      if (event === "participantReconnected") graces.delete(sessionId);
      if (event === "participantReconnecting") {
        if (graces.has(sessionId)) return [];
        graces.add(sessionId);
      }
      const info = given["participant"] as { identity: string } | undefined;
      const about = info?.identity ?? given["topic"] ?? given["reason"];
      return about === undefined ? event : `${event} ${about}`;
    });
  }

  /** Waits until the story ends so, and forgets it. */
  async hears(...expected: string[]): Promise<void> {
    await eventually(() => {
      assert.equal(this.#complaint, undefined);
      assert.deepEqual(this.story, expected);
    }, { within: 15_000, every: 20 });
    this.events.length = 0;
  }

  #dial(process: Process): void {
    this.#line = new Line(process, this.room, (text) => this.#heard(text));
  }

  async #ask(method: string, params: object): Promise<Answer> {
    const id = ++this.#lastId;
    const line = this.#line;
    line?.say({ id, method, params });
    return await eventually(() => {
      const answer = this.#answers.get(id);
      if (answer) return answer;
      if (line?.isOpen) throw new Error(`no answer to ${method}`);
      return { error: { code: line?.closedWith ?? 0, data: {} } };
    }, { within: 9_000, every: 5 });
  }

  #resumed({ secret, epoch, seq, snapshot }: ResumeResult): void {
    this.secret = secret;
    this.epoch = epoch;
    if (snapshot === undefined) return;
    this.snapshots += 1;
    this.seq = seq;
  }

  #heard(text: string): void {
    const frame = parseFrame(text);
    switch (frame.type) {
      case "request":
        return this.#line?.say({
          id: frame.request.id,
          result: { ack: this.seq },
        });
      case "response": {
        const { id } = frame.response;
        if (id !== null) this.#answers.set(id, frame.response as Answer);
        return;
      }
      case "notification":
        return this.#told(frame.notification);
      case "invalid":
        this.#complaint = `cannot be read: ${text}`;
    }
  }

  #told({ method, params }: { method: string; params?: unknown }): void {
    if (method === "goingAway") {
      this.isSentAway = true;
      this.sentTo = (params as { url?: string }).url;
    }
    if (!Object.hasOwn(events, method)) return;
    const { seq } = params as { seq: number };
    if (seq !== this.seq + 1) this.#complaint = `${seq} after ${this.seq}`;
    this.seq = seq;
    this.events.push({ event: method as EventName, params });
  }
}
