/**
 * Announcements as server-sent events. A stream keeps nothing but the id of what
 * it has sent last, and reads on in the hub when its client has taken that: a
 * slow client costs no memory, and is told when it came too late for something.
 *
 * @module
 */
import type { Clock } from "../../clock.ts";
import type { Announced, AnnouncementHub } from "../../rooms/announcements.ts";

export type EventStreamOptions = {
  readonly announcements: Pick<
    AnnouncementHub,
    "lastId" | "since" | "subscribe"
  >;
  readonly clock: Clock;
  /** The id after which it begins. */
  readonly after: number;
  readonly accepts: (room: string) => boolean;
  /** Milliseconds since 1970: it ends then. */
  readonly until: number;
};

const HEARTBEAT_MS = 15_000;
/** What a client may wait before it connects again. */
const RETRY_MS = 2_000;
const MAX_BATCH = 64;

export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: EventStreamOptions;
  readonly #encoder = new TextEncoder();
  #state: "open" | "ended" = "open";
  #cursor: number;
  #wake = () => {};

  /** `onEnd` runs once, whoever ends it. */
  constructor(options: EventStreamOptions, onEnd: () => void) {
    this.#options = options;
    this.#cursor = options.after;
    const unsubscribe = options.announcements.subscribe(() => this.#wake());
    const end = () => {
      if (this.#state === "ended") return;
      this.#state = "ended";
      unsubscribe();
      this.#wake();
      onEnd();
    };
    this.end = end;
    this.body = new ReadableStream({
      start: (controller) =>
        controller.enqueue(
          this.#encoder.encode(`retry: ${RETRY_MS}\nid: ${this.#cursor}\n\n`),
        ),
      pull: async (controller) => {
        const text = await this.#next();
        if (text === "") controller.close();
        else controller.enqueue(this.#encoder.encode(text));
      },
      cancel: end,
    });
  }

  /** Lets the client go, which may come again with the id of its last event. */
  readonly end: () => void;

  /** What is to be sent now, as soon as there is something; `""`: the end. */
  async #next(): Promise<string> {
    while (this.#state === "open" && !this.#isOver()) {
      const text = this.#read();
      if (text !== "") return text;
      const woken = await this.#woken();
      // Its id spares a filtered stream from growing old.
      if (woken === "late" && !this.#isOver()) {
        return `: heartbeat\nid: ${this.#cursor}\n\n`;
      }
    }
    this.end();
    return "";
  }

  #isOver(): boolean {
    return this.#options.clock.now() >= this.#options.until;
  }

  #read(): string {
    const { announcements, accepts } = this.#options;
    const { announced, isComplete } = announcements.since(this.#cursor);
    const gap = isComplete ? "" : gapEvent(this.#cursor);
    const own = announced.filter(({ room }) => accepts(room));
    const batch = own.slice(0, MAX_BATCH);
    const last = own.length > batch.length ? batch.at(-1) : announced.at(-1);
    if (last) this.#cursor = last.id;
    else if (!isComplete) this.#cursor = announcements.lastId;
    return gap + batch.map(event).join("");
  }

  #woken(): Promise<"news" | "late"> {
    const { clock, until } = this.#options;
    const wait = Math.max(0, Math.min(HEARTBEAT_MS, until - clock.now()));
    return new Promise((resolve) => {
      const cancel = clock.after(Math.ceil(wait), () => resolve("late"));
      this.#wake = () => {
        cancel();
        resolve("news");
      };
    });
  }
}

function event({ announcement, ...where }: Announced): string {
  const data = JSON.stringify({ ...where, ...announcement });
  return `id: ${where.id}\nevent: ${announcement.type}\ndata: ${data}\n\n`;
}

/** What came between is not known here any more. */
const gapEvent = (after: number) =>
  `event: gap\ndata: ${JSON.stringify({ after })}\n\n`;
