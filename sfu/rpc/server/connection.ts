/**
 * The sidecar's end of one connection: greeting, frames, end.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import { check } from "../check.ts";
import {
  encodeReply,
  errorBody,
  invalidRequestCode,
  isLonger,
  parseErrorCode,
  resultBody,
} from "../encode.ts";
import {
  AckParams,
  CancelParams,
  CONTROL_ID,
  type Frame,
  HelloParams,
  parseFrame,
  problemOf,
  PROTOCOL,
  type Request,
  type Welcome,
} from "../envelope.ts";
import { RpcError } from "../rpc_error.ts";
import type { Wire, WireEvents } from "../wire.ts";
import type { Gate } from "./gate.ts";
import type { OwnerSession, Peer } from "./owner_session.ts";
import type { Owners } from "./owners.ts";

export type ConnectionOptions = {
  readonly owners: Owners;
  /** Absent where the secret has been checked before. */
  readonly gate?: Gate;
  /** What the gate knows the peer by. */
  readonly address: string;
  readonly clock: Clock;
  readonly terms: Omit<Welcome, "resumed">;
  /** Milliseconds until the hello must have come. */
  readonly helloMs: number;
  /** Milliseconds of silence after which the peer is taken for dead. */
  readonly idleMs: number;
  readonly closed: () => void;
};

type State =
  | { readonly name: "greeting" }
  | { readonly name: "checking" }
  | {
    readonly name: "open";
    readonly session: OwnerSession;
    readonly maxFrameBytes: number;
  }
  | { readonly name: "closed" };

export class Connection implements Peer, WireEvents {
  readonly #options: ConnectionOptions;
  readonly #wire: Wire;
  #state: State = { name: "greeting" };
  #heard = false;
  #cancelTimer: () => void;

  constructor(open: (events: WireEvents) => Wire, options: ConnectionOptions) {
    this.#options = options;
    this.#wire = open(this);
    this.#cancelTimer = options.clock.after(options.helloMs, () => {
      this.#refuse("DEADLINE_EXCEEDED", "The hello did not come in time");
    });
  }

  get writable(): boolean {
    return this.#wire.writable;
  }

  send(frame: string): void {
    this.#wire.send(frame);
  }

  reply(id: number, body: string): void {
    const frame = encodeReply(id, body);
    const state = this.#state;
    if (state.name !== "open" || !isLonger(frame, state.maxFrameBytes)) {
      return this.#wire.send(frame);
    }
    const problem = "The answer is larger than the link takes";
    this.#wire.send(encodeReply(id, errorBody("RESOURCE_EXHAUSTED", problem)));
  }

  dismiss(reason: string): void {
    this.#refuse("ABORTED", reason);
  }

  frame(line: string): void {
    this.#heard = true;
    const frame = parseFrame(line);
    const state = this.#state;
    switch (state.name) {
      case "greeting":
        return this.#greet(frame);
      case "checking":
        return this.#refuse("FAILED_PRECONDITION", "The hello is not answered");
      case "open":
        return this.#take(frame, state.session);
      case "closed":
        return;
    }
  }

  unreadable(problem: RpcError): void {
    this.#refuse(problem.status, problem.message);
  }

  drained(): void {}

  closed(): void {
    this.#end();
  }

  /** The sidecar stops. */
  close(): void {
    this.#refuse("UNAVAILABLE", "The sidecar stops");
  }

  #greet(frame: Frame): void {
    const isHello = frame.type === "request" &&
      frame.request.method === "hello";
    if (!isHello) {
      return this.#refuse("FAILED_PRECONDITION", "The first frame is no hello");
    }
    const { id, params } = frame.request;
    const hello = HelloParams.safeParse(params);
    if (!hello.success) {
      return this.#refuse("INVALID_ARGUMENT", problemOf(hello.error), id);
    }
    if (hello.data.protocol !== PROTOCOL) {
      const problem = `The sidecar speaks version ${PROTOCOL}`;
      return this.#refuse("FAILED_PRECONDITION", problem, id);
    }
    this.#admit(id, hello.data);
  }

  #admit(id: number, hello: HelloParams): void {
    const { gate, address } = this.#options;
    if (gate === undefined) return this.#open(id, hello);
    this.#state = { name: "checking" };
    gate.check(
      address,
      hello.secret ?? "",
      () => this.#open(id, hello),
      () => this.#refuse("UNAUTHENTICATED", "The secret is wrong", id),
    );
  }

  #open(id: number, hello: HelloParams): void {
    const { owners, terms } = this.#options;
    try {
      const { session, resumed, missed } = owners.welcome(
        hello.owner,
        hello.lastSeq,
        this,
      );
      const { maxFrameBytes } = hello;
      this.#state = { name: "open", session, maxFrameBytes };
      this.#wire.limit(terms.maxFrameBytes);
      this.reply(id, resultBody({ ...terms, resumed } satisfies Welcome));
      for (const frame of missed) this.#wire.send(frame);
      this.#watch();
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#refuse(error.status, error.message, id);
    }
  }

  /** Links ping, so that silence means death. */
  #watch(): void {
    this.#cancelTimer();
    this.#heard = false;
    const { clock, idleMs } = this.#options;
    this.#cancelTimer = clock.after(idleMs, () => {
      if (this.#heard) this.#watch();
      else this.#refuse("DEADLINE_EXCEEDED", "The link has been silent");
    });
  }

  #take(frame: Frame, session: OwnerSession): void {
    switch (frame.type) {
      case "request":
        return this.#request(frame.request, session);
      case "notification":
        return this.#notification(frame.method, frame.params, session);
      case "invalid":
        return frame.unreadable
          ? this.#close(null, unreadableBody(frame.problem))
          : this.#invalid(frame.id, frame.problem);
      case "result":
      case "error":
        return this.#invalid(null, "Nothing was asked");
    }
  }

  #request(request: Request, session: OwnerSession): void {
    const { id, method } = request;
    if (id === CONTROL_ID) {
      return method === "ping"
        ? this.reply(id, resultBody({}))
        : this.#invalid(id, "Calls count from 1");
    }
    if (session.calls.has(id)) {
      return this.#refuse("ALREADY_EXISTS", `Call ${id} is in flight`);
    }
    session.calls.start(request);
  }

  #notification(method: string, params: unknown, session: OwnerSession): void {
    if (method === "cancel") {
      const cancel = check(CancelParams, params);
      if (cancel.success) return session.calls.cancel(cancel.data.id);
      return this.#invalid(null, problemOf(cancel.error));
    }
    if (method === "ack") {
      const ack = check(AckParams, params);
      if (!ack.success) return this.#invalid(null, problemOf(ack.error));
      if (!session.ack(ack.data.seq)) {
        this.#refuse("INVALID_ARGUMENT", "No such event was sent");
      }
    }
  }

  #invalid(id: number | null, problem: string): void {
    const body = errorBody("INVALID_ARGUMENT", problem, invalidRequestCode);
    this.#wire.send(encodeReply(id, body));
  }

  #refuse(
    status: RpcError["status"],
    problem: string,
    id: number | null = null,
  ): void {
    this.#close(id, errorBody(status, problem));
  }

  #close(id: number | null, body: string): void {
    if (this.#state.name === "closed") return;
    this.#wire.send(encodeReply(id, body));
    this.#wire.close();
    this.#end();
  }

  #end(): void {
    const state = this.#state;
    if (state.name === "closed") return;
    this.#state = { name: "closed" };
    this.#cancelTimer();
    if (state.name === "open") state.session.detach(this);
    this.#options.closed();
  }
}

function unreadableBody(problem: string): string {
  return errorBody("INVALID_ARGUMENT", problem, parseErrorCode);
}
