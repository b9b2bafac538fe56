/**
 * The sidecar: one that runs already, or how to start one.
 *
 * @module
 */
import { z } from "zod";
import { setting, text } from "../sfu/sidecar/env.ts";
import { mediaSettings } from "../sfu/sidecar/settings.ts";

const sfuUrl = setting(
  "an address such as tcp://host:port, tls://host:port or unix:///path",
  (text) => /^(tcp|tls|unix|https?):\/\/./.test(text) ? text : undefined,
);

export const sfuSettings = z.object({
  SFU_URL: sfuUrl.optional()
    .describe("a sidecar that runs already; if not set, one is started"),
  SFU_SECRET: text("a secret of 16 to 512 characters", /^.{16,512}$/s)
    .optional()
    .describe("what the sidecar at SFU_URL wants to know"),
  SFU_TLS_CA: text("the path of a PEM file", /./).optional()
    .describe("authorities for a tls:// SFU_URL, beside those of the system"),
  ...mediaSettings.shape,
  NODE_BIN: text("a path", /./).optional()
    .describe("the Node that runs the sidecar, 22.18 or newer"),
});
