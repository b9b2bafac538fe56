import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { equal } from "node:assert/strict";
import { FakeSidecar, SECRET } from "./_sidecar.ts";

const MAX_FRAME_BYTES = 300_000;

type Post = {
  readonly method?: string;
  readonly path?: string;
  readonly secret?: string;
  readonly connection?: string;
  readonly turn?: string;
  readonly body?: string;
};

const line = (message: unknown) => JSON.stringify(message) + "\n";

function hello(): string {
  return line({
    jsonrpc: "2.0",
    id: 0,
    method: "hello",
    params: {
      protocol: 1,
      owner: crypto.randomUUID(),
      lastSeq: 0,
      maxFrameBytes: 1_000_000,
    },
  });
}

describe("the sidecar's HTTP, by hand", () => {
  let sidecar: FakeSidecar;

  const post = async (
    {
      method = "POST",
      path = "/rpc",
      secret = SECRET,
      connection = crypto.randomUUID(),
      turn = "1",
      body = "",
    }: Post,
  ) => {
    const response = await fetch(new URL(path, sidecar.url), {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        "holdfast-connection": connection,
        "holdfast-turn": turn,
      },
      ...(method === "POST" ? { body } : {}),
    });
    const text = await response.text();
    const frames = text.split("\n").filter((one) => one !== "")
      .map((one) => JSON.parse(one));
    return { status: response.status, headers: response.headers, frames };
  };

  beforeAll(async () => {
    sidecar = await FakeSidecar.start({
      endpoints: [{ host: "127.0.0.1", port: 0, protocol: "http" }],
      maxFrameBytes: MAX_FRAME_BYTES,
    });
  });

  afterAll(async () => {
    await sidecar[Symbol.asyncDispose]();
  });

  it("a hello is answered with the terms, a call with its result", async () => {
    const connection = crypto.randomUUID();
    const first = await post({ connection, body: hello() });
    equal(first.status, 200);
    equal(first.headers.get("content-type"), "application/x-ndjson");
    equal(first.frames[0].result.maxFrameBytes, MAX_FRAME_BYTES);
    const call = { jsonrpc: "2.0", id: 1, method: "getStatus", params: {} };
    const second = await post({ connection, turn: "2", body: line(call) });
    equal(second.frames[0].result.mediasoup, "fake");
  });

  const refusals: [
    what: string,
    post: Post,
    status: number,
    name: string | undefined,
  ][] = [
    ["another path", { path: "/" }, 404, "NOT_FOUND"],
    ["another method", { method: "GET" }, 405, "INVALID_ARGUMENT"],
    ["a wrong secret", { secret: "wrong" }, 401, "UNAUTHENTICATED"],
    ["no secret", { secret: "" }, 401, "UNAUTHENTICATED"],
    ["a guessable connection", { connection: "1" }, 400, "INVALID_ARGUMENT"],
    ["a turn that is no number", { turn: "x" }, 400, "INVALID_ARGUMENT"],
    ["a connection that is not known", { turn: "2" }, 410, "UNAVAILABLE"],
    [
      "a body too large",
      { body: "x".repeat(MAX_FRAME_BYTES + 2) },
      413,
      "RESOURCE_EXHAUSTED",
    ],
  ];
  for (const [what, request, status, name] of refusals) {
    it(`${what} is answered ${status}`, async () => {
      const answer = await post(request);
      equal(answer.status, status);
      equal(answer.frames[0].error.data.status, name);
    });
  }

  it("a method that is not allowed is told which one is", async () => {
    const { headers } = await post({ method: "PUT" });
    equal(headers.get("allow"), "POST");
  });

  it("a turn that was taken is not taken again", async () => {
    const connection = crypto.randomUUID();
    await post({ connection, body: hello() });
    equal((await post({ connection, body: hello() })).status, 409);
  });

  it("a first frame that is no hello is told so, and is the end", async () => {
    const connection = crypto.randomUUID();
    const { frames } = await post({ connection, body: "{}\n" });
    equal(frames[0].error.data.status, "FAILED_PRECONDITION");
    equal((await post({ connection, turn: "2" })).status, 410);
  });

  it("what is not JSON is told so, and is the end", async () => {
    const connection = crypto.randomUUID();
    await post({ connection, body: hello() });
    const { frames } = await post({ connection, turn: "2", body: "x\n" });
    equal(frames[0].error.code, -32700);
    equal((await post({ connection, turn: "3" })).status, 410);
  });
});
