import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import type { Socket } from "../../../client/ports.ts";
import { Line } from "../../../web/room/simulate/line.ts";
import { webSocketOver } from "../../../web/room/simulate/line_socket.ts";
import { Clock } from "../../client/fakes/clock.ts";

const URL_OF_ROOM = new URL("wss://example.org/rooms/tea/ws");
/** More than TCP needs to notice that the line is whole. */
const LATE_MS = 30_000;

let dialled: Native[];

/** The browser's socket, with the service in the hand of the test. */
class Native extends EventTarget implements Socket {
  readonly sent: string[] = [];
  readonly closedWith: (number | undefined)[] = [];

  constructor() {
    super();
    dialled.push(this);
  }

  send(data: unknown): void {
    this.sent.push(String(data));
  }

  close(code?: number): void {
    this.closedWith.push(code);
  }

  opens(): void {
    this.dispatchEvent(new Event("open"));
  }

  says(data: string): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  ends(code: number): void {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

describe("a socket over a line that can be cut", () => {
  let clock: Clock;
  let line: Line;
  let heard: string[];

  beforeEach(() => {
    clock = new Clock();
    line = new Line(clock.now);
    heard = [];
    dialled = [];
  });

  const open = (): Socket => {
    const Over = webSocketOver(line, clock.after, Native);
    const socket = new Over(URL_OF_ROOM, "holdfast.v1");
    socket.addEventListener("open", () => heard.push("open"));
    socket.addEventListener("message", ({ data }) => heard.push(data));
    socket.addEventListener("close", ({ code }) => heard.push(`close ${code}`));
    return socket;
  };

  it("lets all through while the line is whole", () => {
    const socket = open();
    const [native] = dialled;
    native?.opens();
    native?.says("a");
    socket.send("b");
    socket.close(1000);
    native?.ends(1000);
    assert.deepEqual(heard, ["open", "a", "close 1000"]);
    assert.deepEqual(native?.sent, ["b"]);
    assert.deepEqual(native?.closedWith, [1000]);
  });

  it("holds what either side says in a cut, and delivers it late, in order", () => {
    const socket = open();
    const [native] = dialled;
    native?.opens();
    line.cut();
    native?.says("a");
    native?.says("b");
    socket.send("c");
    clock.advance(9_000);
    assert.deepEqual(heard, ["open"]);
    assert.deepEqual(native?.sent, []);
    line.restore();
    assert.deepEqual(heard, ["open"], "TCP has not noticed yet");
    clock.advance(LATE_MS);
    assert.deepEqual(heard, ["open", "a", "b"]);
    assert.deepEqual(native?.sent, ["c"]);
  });

  it("does not let an answer overtake what was said before it", () => {
    const socket = open();
    const [native] = dialled;
    socket.addEventListener("message", () => socket.send("answer"));
    line.cut();
    native?.says("question");
    socket.send("before");
    line.restore();
    clock.advance(LATE_MS);
    assert.deepEqual(native?.sent, ["before", "answer"]);
  });

  it("opens no connection in a cut, and dials when it is over", () => {
    line.cut();
    open();
    assert.equal(dialled.length, 0);
    line.restore();
    assert.equal(dialled.length, 1);
  });

  it("never dials for one who has given up meanwhile", () => {
    line.cut();
    open().close(4100);
    clock.advance(0);
    line.restore();
    assert.equal(dialled.length, 0);
    assert.deepEqual(heard, ["close 1006"]);
  });

  it("tells neither side in a cut that the other has closed", () => {
    const socket = open();
    const [native] = dialled;
    line.cut();
    socket.close(4100);
    native?.ends(4002);
    assert.deepEqual(native?.closedWith, []);
    assert.deepEqual(heard, []);
    line.restore();
    clock.advance(LATE_MS);
    assert.deepEqual(native?.closedWith, [4100]);
    assert.deepEqual(heard, ["close 4002"]);
  });

  it("sends nothing more to one who has closed meanwhile", () => {
    const socket = open();
    const [native] = dialled;
    line.cut();
    socket.send("a");
    native?.ends(4002);
    line.restore();
    clock.advance(LATE_MS);
    assert.deepEqual(native?.sent, []);
    assert.deepEqual(heard, ["close 4002"]);
  });

  it("stays held when the line is cut again before TCP has noticed", () => {
    open();
    const [native] = dialled;
    line.cut();
    native?.says("a");
    clock.advance(9_000);
    line.restore();
    line.cut();
    clock.advance(LATE_MS);
    assert.deepEqual(heard, []);
    line.restore();
    clock.advance(LATE_MS);
    assert.deepEqual(heard, ["a"]);
  });

  it("breaks rather than hold without bounds", () => {
    const socket = open();
    const [native] = dialled;
    line.cut();
    for (let n = 0; n < 5_000; n++) socket.send("x");
    assert.deepEqual(heard, ["close 1006"]);
    assert.equal(native?.closedWith.length, 1);
    assert.deepEqual(native?.sent, []);
  });
});
