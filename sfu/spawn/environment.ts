/**
 * What the sidecar is given of the environment of the service.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Env } from "../../settings/env.ts";
import { mediaSettings } from "../sidecar/settings.ts";

type Variables = Record<string, string>;

/** What programs need to run, and no secrets. */
const INHERITED = [
  "HOME",
  "LD_LIBRARY_PATH",
  "PATH",
  "SystemRoot",
  "TEMP",
  "TMP",
  "TMPDIR",
  "TZ",
];

export const inherited = (env: Env): Variables => pick(env, INHERITED);

export const settingsFor = (env: Env, workerBin: string): Variables => ({
  ...pick(env, Object.keys(mediaSettings.shape)),
  ...tracingOf(env),
  MEDIASOUP_WORKER_BIN: workerBin,
  SFU_EXIT_WHEN_ORPHANED: "1",
});

/** The same for the same settings. */
export const fingerprint = (settings: Variables): string =>
  createHash("sha256").update(JSON.stringify(Object.entries(settings).sort()))
    .digest("hex");

/** The same collector as ours, when we trace. */
function tracingOf(env: Env): Variables {
  if (env.OTEL_DENO !== "true" && env.OTEL_DENO !== "1") return {};
  const names = Object.keys(env).filter((name) => name.startsWith("OTEL_"));
  const name = env.OTEL_SERVICE_NAME ?? "holdfast";
  return { ...pick(env, names), OTEL_SERVICE_NAME: `${name}-sfu` };
}

function pick(env: Env, names: readonly string[]): Variables {
  const picked: Variables = {};
  for (const name of names) {
    const value = env[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
