import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { HttpWire } from "../../../../sfu/rpc/link/http_wire.ts";
import { eventually } from "../../../support/eventually.ts";

type Post = {
  readonly turn: number;
  readonly body: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly respond: (response: Response) => void;
  readonly fail: (error: Error) => void;
};

describe("frames over POSTs, at the link", () => {
  let posts: Post[];
  let frames: string[];
  let ends: string[];
  let releases: number;
  let wire: HttpWire;

  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const request = new Request(url, init);
    const { headers } = request;
    const turn = Number(headers.get("holdfast-turn"));
    const body = init.body instanceof Uint8Array
      ? new TextDecoder().decode(init.body)
      : "";
    const { signal } = request;
    posts.push({ turn, body, headers, signal, respond: resolve, fail: reject });
    equal(url, "http://sidecar:1/rpc");
    return promise;
  };
  const post = (turn: number): Post => {
    const found = posts[turn - 1];
    if (found === undefined) throw new Error(`No POST ${turn}`);
    return found;
  };
  const answer = (turn: number, ...lines: string[]) =>
    post(turn).respond(new Response(lines.map((line) => line + "\n").join("")));
  const posted = (count: number) =>
    eventually(() => equal(posts.length, count), { every: 1 });

  beforeEach(() => {
    posts = [];
    frames = [];
    ends = [];
    releases = 0;
    wire = new HttpWire({
      url: "http://sidecar:1",
      secret: "the secret",
      connection: "connection-000001",
      fetch,
      maxFrameBytes: 1_024,
      release: () => releases++,
    }, {
      frame: (line) => frames.push(line),
      unreadable: ({ status }) => ends.push(status),
      drained: () => frames.push("drained"),
      closed: (reason) => ends.push(reason),
    });
  });

  it("frames of one turn of the event loop leave in one POST", async () => {
    wire.send("a");
    wire.send("b");
    await posted(1);
    equal(post(1).body, "a\nb\n");
    const { headers } = post(1);
    equal(headers.get("authorization"), "Bearer the secret");
    equal(headers.get("holdfast-connection"), "connection-000001");
    equal(headers.get("holdfast-turn"), "1");
  });

  it("there is always a POST for the sidecar to answer", async () => {
    wire.send("a");
    await posted(1);
    answer(1, "x");
    await posted(2);
    equal(post(2).body, "");
    deepEqual(frames, ["x"]);
  });

  it("a second POST carries frames while the first one waits", async () => {
    wire.send("a");
    await posted(1);
    wire.send("b");
    await posted(2);
    equal(post(2).body, "b\n");
  });

  it("there is no third one: frames wait", async () => {
    for (const [index, frame] of ["a", "b"].entries()) {
      wire.send(frame);
      await posted(index + 1);
    }
    wire.send("c");
    wire.send("d");
    answer(1);
    await posted(3);
    equal(post(3).body, "c\nd\n");
  });

  it("answers are read in the order of their POSTs", async () => {
    for (const [index, frame] of ["a", "b"].entries()) {
      wire.send(frame);
      await posted(index + 1);
    }
    answer(2, "second");
    answer(1, "first");
    await eventually(() => deepEqual(frames, ["first", "second"]));
  });

  it("more than one POST may hold leaves in several", async () => {
    const frame = "x".repeat(99_999);
    for (let count = 0; count < 5; count++) wire.send(frame);
    equal(wire.writable, false);
    await posted(2);
    deepEqual(posts.map(({ body }) => body.length), [200_000, 200_000]);
    answer(1);
    await posted(3);
    equal(post(3).body.length, 100_000);
    equal(wire.writable, true);
  });

  for (const status of [401, 409, 410, 413, 500]) {
    it(`the status ${status} is the end`, async () => {
      wire.send("a");
      await posted(1);
      post(1).respond(new Response("", { status }));
      await eventually(() => deepEqual(ends, [`HTTP status ${status}`]));
    });
  }

  it("a POST that fails is the end: it may have arrived", async () => {
    wire.send("a");
    await posted(1);
    post(1).fail(new Error("connection reset"));
    await eventually(() => deepEqual(ends, ["connection reset"]));
    wire.send("b");
    await Promise.resolve();
    equal(posts.length, 1);
  });

  it("a frame that is too long is the end of reading", async () => {
    wire.send("a");
    await posted(1);
    answer(1, "x".repeat(1_025));
    await eventually(() => deepEqual(ends, ["RESOURCE_EXHAUSTED"]));
  });

  it("closing it breaks off what is under way, and tells nobody", async () => {
    wire.send("a");
    await posted(1);
    wire.close();
    wire.close();
    equal(post(1).signal.aborted, true);
    equal(releases, 1);
    post(1).fail(new Error("aborted"));
    await Promise.resolve();
    deepEqual(ends, []);
  });
});
