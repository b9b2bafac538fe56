/**
 * `POST /rpc`: for links where only HTTP exists.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeReply, errorBody } from "../encode.ts";
import {
  BATCH_BYTES,
  CONNECTION_HEADER,
  HTTP_PATH,
  NDJSON,
  TURN_HEADER,
} from "../http_protocol.ts";
import type { RpcStatus } from "../status.ts";
import type { WireEvents } from "../wire.ts";
import type { Gate } from "./gate.ts";
import { HttpWire, type HttpWireOptions } from "./http_wire.ts";

export type HttpDoorOptions = HttpWireOptions & {
  readonly gate: Gate;
  readonly maxConnections: number;
  /** Gives a wire its other end; `closed` is to be called when that is over. */
  readonly connect: (
    open: (events: WireEvents) => HttpWire,
    address: string,
    closed: () => void,
  ) => void;
};

export class HttpDoor {
  readonly #options: HttpDoorOptions;
  readonly #wires = new Map<string, HttpWire>();

  constructor(options: HttpDoorOptions) {
    this.#options = options;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url?.split("?", 1)[0];
    if (path !== HTTP_PATH) {
      return refuse(response, 404, "NOT_FOUND", `Only ${HTTP_PATH} is served`);
    }
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      return refuse(response, 405, "INVALID_ARGUMENT", "Only POST is served");
    }
    this.#options.gate.check(
      request.socket.remoteAddress ?? "",
      bearerOf(request),
      () => this.#read(request, response),
      () => {
        response.setHeader("www-authenticate", "Bearer");
        refuse(response, 401, "UNAUTHENTICATED", "The secret is wrong");
      },
    );
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    const limit = Math.max(this.#options.maxFrameBytes + 1, BATCH_BYTES);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes <= limit) chunks.push(chunk);
      else if (!response.writableEnded) {
        this.#tooLarge(request, response, limit);
      }
    });
    request.on("end", () => {
      if (!response.writableEnded) {
        this.#turn(request, response, Buffer.concat(chunks));
      }
    });
  }

  #tooLarge(
    request: IncomingMessage,
    response: ServerResponse,
    limit: number,
  ): void {
    const problem = `The body is larger than ${limit} bytes`;
    refuse(response, 413, "RESOURCE_EXHAUSTED", problem);
    this.#wires.get(headerOf(request, CONNECTION_HEADER))?.aborted();
  }

  #turn(
    request: IncomingMessage,
    response: ServerResponse,
    body: Uint8Array,
  ): void {
    const connection = headerOf(request, CONNECTION_HEADER);
    const number = Number(headerOf(request, TURN_HEADER));
    if (!/^[\w-]{16,64}$/.test(connection) || !Number.isSafeInteger(number)) {
      const problem =
        `${CONNECTION_HEADER} or ${TURN_HEADER} is missing or malformed`;
      return refuse(response, 400, "INVALID_ARGUMENT", problem);
    }
    const wire = this.#wires.get(connection) ??
      this.#open(connection, number, request);
    if (wire === undefined) {
      return refuse(response, 410, "UNAVAILABLE", "The connection is gone");
    }
    response.on("close", () => {
      if (!response.writableEnded) wire.aborted();
    });
    wire.turn(number, body, (status, text) => {
      response.writeHead(status, HEADERS).end(text);
    });
  }

  #open(
    connection: string,
    number: number,
    request: IncomingMessage,
  ): HttpWire | undefined {
    const isRoom = this.#wires.size < this.#options.maxConnections;
    if (number !== 1 || !isRoom) return undefined;
    this.#options.connect(
      (events) => {
        const wire = new HttpWire(this.#options, events);
        this.#wires.set(connection, wire);
        return wire;
      },
      request.socket.remoteAddress ?? "",
      () => this.#wires.delete(connection),
    );
    return this.#wires.get(connection);
  }
}

const HEADERS = { "content-type": NDJSON };

function refuse(
  response: ServerResponse,
  code: number,
  status: RpcStatus,
  message: string,
): void {
  response.writeHead(code, { ...HEADERS, connection: "close" });
  response.end(encodeReply(null, errorBody(status, message)) + "\n");
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

function bearerOf(request: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(headerOf(request, "authorization"))?.[1] ?? "";
}
