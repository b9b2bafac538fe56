import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { decodeJwt, jwtVerify } from "jose";
import { runAdmin } from "../../tasks/admin/run.ts";
import { eventually } from "../support/eventually.ts";
import { participant, room } from "../http/admin/fake_rooms.ts";
import { Stage } from "../http/admin/stage.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const keys = { TOKEN_KEYS: `first:${SECRET},second:${SECRET}` };

let stage: Stage;
let server: Deno.HttpServer<Deno.NetAddr>;
let stopping: AbortController;
beforeEach(() => {
  stage = new Stage();
  stopping = new AbortController();
  server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => stage.answer(request),
  );
  stage.rooms.rooms.set(
    "r",
    room("r", {
      participants: [
        participant("s1", { identity: "ann", name: "A\u001b[31mnn" }),
        participant("s2", { identity: "bob" }),
        participant("s3", { identity: "bob" }),
      ],
    }),
  );
});
afterEach(() => server.shutdown());

type Run = { code: number; out: string; notes: string };

async function admin(
  args: string[],
  env: Record<string, string> = { HOLDFAST_ADMIN_TOKEN: "operator" },
  lines: string[] = [],
): Promise<Run> {
  const notes: string[] = [];
  const code = await runAdmin(args, {
    env: { HOLDFAST_URL: `http://127.0.0.1:${server.addr.port}`, ...env },
    signal: stopping.signal,
    write: (line) => lines.push(line),
    note: (line) => notes.push(line),
  });
  return { code, out: lines.join("\n"), notes: notes.join("\n") };
}

async function done(...args: string[]): Promise<string> {
  const { code, out, notes } = await admin(args);
  assert.equal(code, 0, notes);
  return out;
}

const commands = () => stage.rooms.commands.map(({ command }) => command);

describe("deno task admin", () => {
  it("explains itself, as a whole, in part, and each command", async () => {
    for (const args of [[], ["--help"], ["-h"]]) {
      assert.match(await done(...args), /token make <identity> <room>/);
    }
    const rooms = await done("rooms");
    assert.match(rooms, /rooms close <room>/);
    assert.doesNotMatch(rooms, /kick/);
    assert.match(await done("kick", "--help"), /--ban <time>/);
  });

  it("exits with 2 on what makes no sense, and asks nobody", async () => {
    const wrong: [string[], RegExp][] = [
      [["nothing"], /no command "nothing"/],
      [["rooms", "show"], /<room> is missing/],
      [["rooms", "show", "r", "more"], /"more" is one too many/],
      [["rooms", "list", "--wrong"], /--wrong/],
      [["kick", "r", "ann", "--ban", "soon"], /a time such as 90s/],
      [["send", "r", "{"], /wants JSON/],
      [["token", "make", "ann", "no room"], /A room is/],
      [["status", "--url", "ftp://x"], /http or https/],
    ];
    for (const [args, note] of wrong) {
      const { code, notes } = await admin(args);
      assert.equal(code, 2, args.join(" "));
      assert.match(notes, note);
    }
    assert.deepEqual(commands(), []);
  });

  it("exits with 1 when the service refuses, and says why", async () => {
    const { code, notes } = await admin(["rooms", "show", "none"]);
    assert.equal(code, 1);
    assert.equal(notes, "The service refused (404): There is no such room");
    const guest = await admin(["status"], { HOLDFAST_ADMIN_TOKEN: "guest" });
    assert.match(guest.notes, /refused \(403\)/);
  });

  it("exits with 3 when the service cannot be reached", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const url = `http://127.0.0.1:${port}`;
    const { code, notes } = await admin(["status", "--url", url]);
    assert.equal(code, 3);
    assert.match(notes, new RegExp(`cannot be reached: .*${url}/`));
    assert.match(notes, /--url or HOLDFAST_URL/);
  });

  it("manages rooms", async () => {
    assert.match(await done("rooms", "list"), /^r +3 +0/m);
    assert.match(await done("rooms", "show", "r"), /policy\.timeoutMs: 4000/);
    const policy = '{"maxParticipants": 7}';
    assert.match(
      await done("rooms", "create", "new", "--policy", policy),
      /policy\.maxParticipants: 7/,
    );
    await done("rooms", "policy", "r", policy);
    await done("rooms", "close", "r");
    assert.deepEqual(commands(), [
      { type: "setPolicy", policy: { maxParticipants: 7 } },
      { type: "closeRoom", reason: "roomClosed" },
    ]);
  });

  it("shows participants, and no terminal obeys their names", async () => {
    const table = await done("participants", "r");
    assert.match(table, /^s1 +ann +A\ufffd\[31mnn +connected +12 ms/m);
    assert.match(
      await done("participants", "r", "ann"),
      /"sessionId": "s1"[^]*"name": "A\\u001b/,
    );
  });

  it("manages participants by session, and by an identity that is there once", async () => {
    await done("kick", "r", "ann", "--ban", "15m");
    await done("unban", "r", "ann");
    await done("mute", "r", "s2", "camera");
    await done("mute", "r", "s2", "camera", "--off");
    await done("move", "r", "s3", "r2");
    await done("send", "r", '{"a":1}', "--to", "s1, s2", "--topic", "t");
    await done("send", "r", "1");
    assert.deepEqual(commands(), [
      { type: "removeParticipant", sessionId: "s1", banMs: 900_000 },
      { type: "unban", identity: "ann" },
      { type: "setMuted", sessionId: "s2", key: "camera", muted: true },
      { type: "setMuted", sessionId: "s2", key: "camera", muted: false },
      {
        type: "moveParticipant",
        sessionId: "s3",
        room: "r2",
        token: "token for r2",
      },
      { type: "sendMessage", topic: "t", body: { a: 1 }, to: ["s1", "s2"] },
      { type: "sendMessage", topic: "admin", body: 1 },
    ]);
    const several = await admin(["kick", "r", "bob"]);
    assert.match(several.notes, /more than once: name one of s2, s3/);
    const nobody = await admin(["kick", "r", "zoe"]);
    assert.match(nobody.notes, /Nobody in r has the identity .* "zoe"/);
  });

  it("drains, and tells how the service is", async () => {
    stage.link.state = "down";
    await done("drain");
    assert.match(await done("status"), /service: draining[^]*participants: 3/);
    await done("drain", "--off");
    assert.match(await done("status"), /service: open/);
  });

  it("prints JSON for programs, and nothing else", async () => {
    stage.link.state = "down";
    const status = JSON.parse(await done("status", "--json"));
    assert.equal(status.participants, 3);
    const list = JSON.parse(await done("rooms", "list", "--json"));
    assert.equal(list[0].name, "r");
    const all = JSON.parse(await done("participants", "r", "--json"));
    assert.deepEqual(
      all.map((one: { sessionId: string }) => one.sessionId),
      ["s1", "s2", "s3"],
    );
    assert.equal(await done("drain", "--json"), "");
  });

  it("follows the events until it is stopped, over a break", async () => {
    const lines: string[] = [];
    const env = { HOLDFAST_ADMIN_TOKEN: "operator" };
    const following = admin(["tail", "r", "--json"], env, lines);
    await eventually(() => {
      stage.happen(1);
      assert.ok(lines.length > 0);
    });
    await stage.done("PUT", "/drain");
    stage.happen(2);
    await eventually(() => assert.match(lines.at(-1) ?? "", /"seq":2/));
    stopping.abort();
    const { code, notes } = await following;
    assert.equal(code, 0);
    assert.match(
      notes,
      /^connected\ndisconnected; again in \d+ ms\nconnected$/,
    );
  });
});

describe("the token of deno task admin", () => {
  const make = (...args: string[]) => admin(["token", "make", ...args], keys);

  it("is made with the first key, for as long as is said", async () => {
    const { out } = await make("ann", "r", "--ttl", "2h", "--name", "Ann");
    const secret = new TextEncoder().encode(SECRET);
    const { payload, protectedHeader } = await jwtVerify(out, secret);
    assert.equal(protectedHeader.kid, "first");
    const { sub, room, name, grants, iat = 0, exp = 0 } = payload;
    assert.deepEqual({ sub, room, name, grants }, {
      sub: "ann",
      room: "r",
      name: "Ann",
      grants: {},
    });
    assert.equal(exp - iat, 7_200);
  });

  it("has the grants that are said, admin only when it is", async () => {
    const grants = '{"publish": ["microphone"]}';
    const { out } = await make("ann", "*", "--admin", "--grants", grants);
    assert.deepEqual(decodeJwt(out).grants, {
      publish: ["microphone"],
      admin: true,
    });
    const wrong = await make("ann", "r", "--grants", '{"fly": true}');
    assert.equal(wrong.code, 2);
  });

  it("is made for each command where none is given", async () => {
    let seen = "";
    const { answer } = stage;
    stage.answer = (request) => {
      seen = request.headers.get("authorization") ?? "";
      return answer(request);
    };
    await admin(["rooms", "list"], keys);
    const { sub, room, grants } = decodeJwt(seen.replace("Bearer ", ""));
    assert.deepEqual({ sub, room, grants }, {
      sub: "operator",
      room: "*",
      grants: {
        join: false,
        publish: false,
        subscribe: false,
        sendData: false,
        updateMetadata: false,
        admin: true,
      },
    });
  });

  it("wants a key: 2", async () => {
    const make = await admin(["token", "make", "ann", "r"], {});
    assert.equal(make.code, 2);
    assert.match(make.notes, /no key to make a token of/);
    stage.answer = () => Promise.resolve(new Response(null, { status: 404 }));
    const list = await admin(["rooms", "list"], {});
    assert.equal(list.code, 2);
    assert.match(list.notes, /the service gives none: set HOLDFAST_ADMIN/);
  });

  it("is that of the service in development mode, where there is no key", async () => {
    const { answer } = stage;
    stage.answer = (request) =>
      request.method === "POST" && request.url.endsWith("/admin/token")
        ? Promise.resolve(Response.json({ token: "operator" }))
        : answer(request);
    const { code, out, notes } = await admin(["rooms", "list"], {});
    assert.equal(code, 0, notes);
    assert.match(out, /^r +3/m);
  });
});

describe("the program", () => {
  it("exits with the code of its run", async () => {
    const run = (...args: string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "tasks/admin.ts", ...args],
        cwd: new URL("../../", import.meta.url),
        env: { HOLDFAST_ADMIN_TOKEN: "operator" },
      }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const url = `http://127.0.0.1:${server.addr.port}`;
    const list = await run("rooms", "list", "--url", url);
    assert.equal(list.code, 0, text(list.stderr));
    assert.match(text(list.stdout), /^r +3/m);
    assert.equal((await run("rooms", "show", "no", "--url", url)).code, 1);
  });
});
