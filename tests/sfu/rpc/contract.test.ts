import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
} from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { SfuLink } from "../../../sfu/link.ts";
import type { SfuEvent } from "../../../sfu/methods.ts";
import { type ConnectOptions, connectSfu } from "../../../sfu/rpc/connect.ts";
import type { Endpoint } from "../../../sfu/rpc/serve.ts";
import { eventually } from "../../support/eventually.ts";
import { within } from "../../support/within.ts";
import { call, statusOf } from "./_calls.ts";
import { Relay } from "./_relay.ts";
import { FakeSidecar, SECRET } from "./_sidecar.ts";
import { numbered } from "./fixtures/handlers.ts";
import type { SidecarOptions } from "./fixtures/sidecar.ts";

type Transport = {
  readonly name: string;
  readonly isSecure?: boolean;
  endpoint(folder: string): Endpoint;
};

const host = "127.0.0.1";
const transports: Transport[] = [
  { name: "TCP", endpoint: () => ({ host, port: 0 }) },
  { name: "a Unix socket", endpoint: (folder) => ({ path: `${folder}/s` }) },
  { name: "TLS", isSecure: true, endpoint: () => ({ host, port: 0 }) },
  { name: "HTTP", endpoint: () => ({ host, port: 0, protocol: "http" }) },
  {
    name: "HTTPS",
    isSecure: true,
    endpoint: () => ({ host, port: 0, protocol: "http" }),
  },
];

const file = (name: string) =>
  Deno.readTextFileSync(new URL(`fixtures/tls/${name}`, import.meta.url));
const tls = { key: file("key.pem"), cert: file("cert.pem") };
const ca = file("ca.pem");

const MAX_FRAME_BYTES = 65_536;
const WINDOW = 16;
const stats = (transportId: string) => ({ routerId: "r", transportId });

for (const transport of transports) {
  describe(`the RPC over ${transport.name}, to a sidecar in Node`, () => {
    let folder: string;
    let sidecar: FakeSidecar;
    let relay: Relay;
    let links: SfuLink[];

    const start = (options: Partial<SidecarOptions> = {}) =>
      FakeSidecar.start({
        endpoints: [transport.endpoint(folder)],
        maxFrameBytes: MAX_FRAME_BYTES,
        window: WINDOW,
        ...(transport.isSecure ? { tls } : {}),
        ...options,
      });
    const open = (options: Partial<ConnectOptions> = {}): SfuLink => {
      const link = connectSfu({
        url: relay.url,
        secret: SECRET,
        backoff: { baseMs: 10, capMs: 100 },
        ...(transport.isSecure ? { ca } : {}),
        ...options,
      });
      links.push(link);
      return link;
    };
    const isSoon = async (link: SfuLink, state: SfuLink["state"]) => {
      await eventually(() => equal(link.state, state), { every: 5 });
    };
    const upOf = (link: SfuLink) => isSoon(link, "up");
    const downOf = (link: SfuLink) => isSoon(link, "down");
    const producersOf = (link: SfuLink): string[] => {
      const heard: string[] = [];
      link.subscribe("router-1", ({ params }: SfuEvent) => {
        if ("producerId" in params) heard.push(params.producerId);
      });
      return heard;
    };
    const names = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => `p${from + index}`);

    beforeAll(async () => {
      folder = await Deno.makeTempDir();
      sidecar = await start();
    });

    afterAll(async () => {
      await sidecar[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    });

    beforeEach(() => {
      links = [];
      relay = Relay.start(sidecar.url, `${folder}/relay`);
    });

    afterEach(async () => {
      for (const link of links) link.close();
      await relay[Symbol.asyncDispose]();
    });

    it("a call is answered with its result; epoch and trace come through", async () => {
      const link = open();
      const reply = await call(link, "getTransportStats", stats("3"), {
        epoch: 12,
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      });
      deepEqual(reply, {
        ok: true,
        result: {
          stats: [{
            text: "xxx",
            epoch: 12,
            traceparent:
              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          }],
        },
      });
    });

    it("many calls at once are all answered, each with its own result", async () => {
      const link = open();
      const sizes = Array.from({ length: 300 }, (_, index) => index);
      const replies = await Promise.all(
        sizes.map((size) =>
          call(link, "getTransportStats", stats(String(size)))
        ),
      );
      const lengths = replies.map((reply) =>
        reply.ok ? String(reply.result.stats[0]?.text).length : statusOf(reply)
      );
      deepEqual(lengths, sizes);
    });

    it("events run after the reply that they follow, in order", async () => {
      const link = open();
      const order: string[] = [];
      const heard = producersOf(link);
      link.subscribe("router-1", () => order.push("event"));
      link.call("createRouter", { label: "events:5" }, {}, () => {
        order.push("reply");
      });
      order.push("called");
      await eventually(() => deepEqual(heard, names(1, 5)), { every: 5 });
      deepEqual(order, ["called", "reply", ...names(1, 5).map(() => "event")]);
    });

    it("text of any language comes through whole", async () => {
      const link = open();
      const routerId = "ünïcødé € 漢字 😀";
      const reply = await call(link, "dumpRouter", { routerId });
      equal(reply.ok && reply.result.routerId, routerId);
    });

    it("an error has its status; details of a crash stay inside", async () => {
      const link = open();
      const outcomes = await Promise.all(
        ["fail:NOT_FOUND", "fail:FAILED_PRECONDITION", "crash", "misfit"].map(
          (label) => call(link, "createRouter", { label }),
        ),
      );
      deepEqual(outcomes.map(statusOf), [
        "NOT_FOUND",
        "FAILED_PRECONDITION",
        "INTERNAL",
        "INTERNAL",
      ]);
      equal(JSON.stringify(outcomes).includes("detail"), false);
    });

    it("a deadline fails the call here and stops it there", async () => {
      const link = open();
      await upOf(link);
      const reply = await call(link, "createRouter", { label: "hang" }, {
        deadlineMs: 100,
      });
      equal(statusOf(reply), "DEADLINE_EXCEEDED");
      const { aborted } = await sidecar.told.next("the abort");
      ok(aborted === "DEADLINE_EXCEEDED" || aborted === "CANCELLED");
    });

    it("an answer after the deadline disturbs nothing", async () => {
      const link = open();
      await upOf(link);
      const late = await call(link, "createRouter", { label: "deaf:200" }, {
        deadlineMs: 20,
      });
      equal(statusOf(late), "DEADLINE_EXCEEDED");
      const next = await call(link, "createRouter", { label: "slow:300" });
      equal(statusOf(next), "OK");
      equal(link.state, "up");
    });

    it("frames up to the maximum pass, both ways; larger ones fail alone", async () => {
      const link = open({ maxFrameBytes: MAX_FRAME_BYTES });
      await upOf(link);
      const large = await call(link, "getTransportStats", stats("60000"));
      equal(large.ok, true);
      const tooLarge = await call(link, "getTransportStats", stats("70000"));
      equal(statusOf(tooLarge), "RESOURCE_EXHAUSTED");
      const codec = {
        kind: "audio",
        mimeType: "audio/opus",
        clockRate: 48_000,
        parameters: Object.fromEntries(
          Array.from(
            { length: 100 },
            (_, index) => [`p${index}`, "x".repeat(500)],
          ),
        ),
      } as const;
      const sent = await call(link, "createRouter", {
        label: "",
        mediaCodecs: [codec],
      });
      equal(statusOf(sent), "OK");
      const tooMuch = await call(link, "createRouter", {
        label: "",
        mediaCodecs: [codec, codec],
      });
      equal(statusOf(tooMuch), "RESOURCE_EXHAUSTED");
      equal(link.state, "up");
    });

    it("a lost connection fails what is pending, and the link resumes", async () => {
      const link = open();
      await upOf(link);
      const states: string[] = [];
      link.onState((state, fresh) =>
        states.push(fresh ? `${state} fresh` : state)
      );
      const pending = call(link, "createRouter", { label: "hang" });
      await call(link, "getStatus", {});
      relay.sever();
      equal(statusOf(await within("the failure", pending)), "UNAVAILABLE");
      relay.restore();
      const { aborted } = await sidecar.told.next("the abort");
      equal(aborted, "UNAVAILABLE");
      await upOf(link);
      deepEqual(states, ["down", "up"]);
      equal(statusOf(await call(link, "getStatus", {})), "OK");
    });

    it("an idempotent call survives the loss, and is executed once", async () => {
      const link = open();
      await upOf(link);
      const routerId = `slow:300:${crypto.randomUUID()}`.slice(0, 64);
      const pending = call(link, "dumpRouter", { routerId });
      await call(link, "getStatus", {});
      relay.sever();
      await downOf(link);
      relay.restore();
      const reply = await within("the reply", pending);
      equal(reply.ok && reply.result.transports.length, 1);
    });

    it("what the sidecar calls UNAVAILABLE is tried again", async () => {
      const link = open();
      const routerId = `busy:3:${crypto.randomUUID()}`;
      const reply = await call(link, "dumpRouter", { routerId });
      equal(reply.ok && reply.result.transports.length, 4);
    });

    it("events of a time without connection come once, in order", async () => {
      const link = open();
      const heard = producersOf(link);
      await call(link, "createRouter", { label: "l" });
      await sidecar.emit(numbered(1));
      await eventually(() => deepEqual(heard, names(1, 1)), { every: 5 });
      relay.sever();
      await downOf(link);
      for (const index of [2, 3, 4]) await sidecar.emit(numbered(index));
      relay.restore();
      await upOf(link);
      await sidecar.emit(numbered(5));
      await eventually(() => deepEqual(heard, names(1, 5)), { every: 5 });
    });

    it("cut again and again amid events and calls, nothing is lost or doubled", async () => {
      const link = open();
      const heard = producersOf(link);
      await call(link, "createRouter", { label: "l" });
      let last = 0;
      for (let round = 0; round < 5; round++) {
        for (let count = 0; count < 20; count++) {
          await sidecar.emit(numbered(++last));
        }
        const status = call(link, "getStatus", {});
        relay.cut();
        for (let count = 0; count < 20; count++) {
          await sidecar.emit(numbered(++last));
        }
        equal(statusOf(await within("a reply", status)), "OK");
      }
      await eventually(() => deepEqual(heard, names(1, last)), { every: 5 });
    });

    it("a connection that is frozen is found, and left for another", async () => {
      const link = open({ pingIntervalMs: 100, timeoutMs: 400 });
      await upOf(link);
      relay.freeze();
      await downOf(link);
      relay.thaw();
      await upOf(link);
      equal(statusOf(await call(link, "getStatus", {})), "OK");
    });

    it("a wrong secret does not come in", async () => {
      const log: string[] = [];
      const link = open({
        secret: "not the secret at all",
        log: (message) => log.push(message),
      });
      await eventually(() => ok(log.length > 0), { every: 5 });
      equal(link.state, "down");
      ok(/UNAUTHENTICATED|401/.test(log[0] ?? ""));
      equal(log.some((line) => line.includes("not the secret")), false);
      const reply = await call(link, "createRouter", { label: "" });
      equal(statusOf(reply), "UNAVAILABLE");
    });

    it("two links have streams of their own", async () => {
      const [one, two] = [open(), open()];
      const heard = [producersOf(one), producersOf(two)];
      for (const link of [one, two]) {
        await call(link, "createRouter", { label: "events:3" });
      }
      await eventually(
        () => deepEqual(heard, [names(1, 3), names(1, 3)]),
        { every: 5 },
      );
    });

    it("a sidecar that starts anew is told as fresh", async () => {
      const first = await start({ endpoints: [{ host, port: 0, ...http() }] });
      relay.retarget(first.url);
      const link = open();
      await upOf(link);
      const states: string[] = [];
      link.onState((state, fresh) =>
        states.push(fresh ? `${state} fresh` : state)
      );
      const pending = call(link, "createRouter", { label: "hang" });
      await first.kill();
      equal(statusOf(await within("the failure", pending)), "UNAVAILABLE");
      relay.retarget(sidecar.url);
      await upOf(link);
      deepEqual(states, ["down", "up fresh"]);
    });

    it("an owner that stays away for the lease is forgotten", async () => {
      await using brief = await start({
        endpoints: [{ host, port: 0, ...http() }],
        leaseMs: 200,
      });
      relay.retarget(brief.url);
      const link = open();
      await upOf(link);
      relay.sever();
      const { expired } = await brief.told.next("the end of the lease");
      ok(expired);
      relay.restore();
      const fresh = new Promise<boolean>((resolve) => {
        link.onState((state, fresh) => state === "up" && resolve(fresh));
      });
      equal(await within("up again", fresh), true);
    });

    function http(): { protocol?: "http" } {
      return transport.name.startsWith("HTTP") ? { protocol: "http" } : {};
    }
  });
}
