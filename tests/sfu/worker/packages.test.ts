import { deepStrictEqual, match } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { missingPackages, tellMissing } from "../../../sfu/worker/packages.ts";
import { TempFolder } from "../../support/files.ts";

describe("the packages for building the worker", () => {
  it("all lack where PATH is empty, and are named for Debian", async () => {
    await using temp = await TempFolder.make();
    const lacking = await missingPackages(new Map([["PATH", temp.path]]));
    const { message } = tellMissing(lacking);
    match(message, /the command meson\n/);
    match(message, /the library libsrtp2 >= 2\.3\.0/);
    match(
      message,
      /apt-get install -y g\+\+ ninja-build pkg-config python3 meson flatbuffers-compiler libssl-dev libuv1-dev libsrtp2-dev libflatbuffers-dev\n/,
    );
  });

  it("are told one by one", async () => {
    await using temp = await TempFolder.make();
    for (
      const command of ["c++", "ninja", "pkg-config", "python3", "flatc"]
    ) {
      await temp.script(command, "exit 0");
    }
    const lacking = await missingPackages(new Map([["PATH", temp.path]]));
    deepStrictEqual(lacking.map(({ debian }) => debian), ["meson"]);
  });

  it("lack when a library is too old", async () => {
    await using temp = await TempFolder.make();
    const commands = ["c++", "ninja", "python3", "meson", "flatc"];
    for (const command of commands) await temp.script(command, "exit 0");
    await temp.script(
      "pkg-config",
      '[ "$1" != "--atleast-version=1.37.0" ]',
    );
    const lacking = await missingPackages(new Map([["PATH", temp.path]]));
    deepStrictEqual(lacking.map(({ debian }) => debian), ["libuv1-dev"]);
  });
});
