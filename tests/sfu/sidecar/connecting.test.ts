/** A transport that is connected again, since the answer was lost. */
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  it,
} from "@std/testing/bdd";
import type { SfuParams } from "../../../sfu/methods.ts";
import { Core } from "./_core.ts";
import { TestOwner } from "./_owner.ts";
import { TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";

type DtlsParameters = SfuParams<"connectWebRtcTransport">["dtlsParameters"];

const parameters = (byte: string): DtlsParameters => ({
  role: "client",
  fingerprints: [{
    algorithm: "sha-256",
    value: Array(32).fill(byte).join(":"),
  }],
});

describe("connecting a transport", () => {
  let core: Core;
  let room: TestRoom;
  let transportId: string;

  beforeAll(async () => {
    core = await Core.start();
    room = await TestRoom.make(core, new TestOwner());
  });
  beforeEach(async () => {
    ({ transportId } = await room.transport());
  });
  afterAll(() => core[Symbol.asyncDispose]());

  const connect = (dtlsParameters: DtlsParameters) => {
    const { owner, routerId } = room;
    const params = { routerId, transportId, dtlsParameters };
    return core.call(owner, "connectWebRtcTransport", params);
  };

  it("is done once, however often it is asked", async () => {
    await Promise.all([connect(parameters("0A")), connect(parameters("0A"))]);
    await connect(parameters("0A"));
  });

  it("is refused to another one", async () => {
    await connect(parameters("0A"));
    await rejectsWith(
      "FAILED_PRECONDITION",
      /already called/,
      connect(parameters("0B")),
    );
    await connect(parameters("0A"));
  });

  it("can be tried again where it was not done", async () => {
    const broken = { ...parameters("0A"), fingerprints: [] };
    await rejectsWith("INVALID_ARGUMENT", /fingerprints/, connect(broken));
    await rejectsWith("INVALID_ARGUMENT", /fingerprints/, connect(broken));
    await connect(parameters("0A"));
  });
});
