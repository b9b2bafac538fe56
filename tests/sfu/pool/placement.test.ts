import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Candidate, place } from "../../../sfu/pool/placement.ts";

type Named = Candidate & { readonly name: string };

function sidecar(name: string, more: Partial<Candidate> = {}): Named {
  const load = { busy: 0, workers: 2, routers: 0, placed: 0 };
  return { name, isUp: true, isSlow: false, region: undefined, load, ...more };
}

const load = (busy: number, placed = 0, routers = 0) => ({
  load: { busy, workers: 2, routers, placed },
});

const placed = (candidates: readonly Named[], region?: string) =>
  place(candidates, region)?.name;

describe("SF1: a room goes", () => {
  it("to the least loaded sidecar", () => {
    const [a, b] = [sidecar("a", load(0.5)), sidecar("b", load(0.2))];
    assert.equal(placed([a, b]), "b");
  });

  it("not where many have just gone, of which no load tells yet", () => {
    const [a, b] = [sidecar("a", load(0.3)), sidecar("b", load(0.2, 20))];
    assert.equal(placed([a, b]), "a");
  });

  it("among equals where fewer are", () => {
    const [a, b] = [sidecar("a", load(0, 0, 3)), sidecar("b", load(0, 0, 2))];
    assert.equal(placed([a, b]), "b");
  });

  it("to its region before others, as long as one is up there", () => {
    const eu = sidecar("eu", { region: "eu", ...load(0.9) });
    const us = sidecar("us", { region: "us" });
    assert.equal(placed([us, eu], "eu"), "eu");
    assert.equal(placed([us, { ...eu, isUp: false }], "eu"), "us");
    assert.equal(placed([us, eu]), "us");
  });

  it("to a slow one only where there is no other", () => {
    const eu = sidecar("eu", { region: "eu", isSlow: true });
    const us = sidecar("us", { region: "us", ...load(0.9) });
    assert.equal(placed([us, eu], "eu"), "us");
    assert.equal(placed([eu], "eu"), "eu");
  });

  it("nowhere where none is up", () => {
    assert.equal(placed([sidecar("a", { isUp: false })]), undefined);
    assert.equal(placed([]), undefined);
  });
});
