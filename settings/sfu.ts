/**
 * The sidecar: one that runs already, or how to start one.
 *
 * @module
 */
import { z } from "zod";
import type { SidecarAddress } from "../sfu/pool/open.ts";
import { mediaSettings } from "../sfu/sidecar/settings.ts";
import { setting, text } from "./env.ts";
import { list } from "./list.ts";

const isAddress = (text: string): boolean =>
  /^(tcp|tls|unix|https?):\/\/./.test(text);

const sfuUrl = setting(
  "an address such as tcp://host:port, tls://host:port or unix:///path",
  (text) => isAddress(text) ? text : undefined,
);

/** With the region behind it, if one is given. */
function sidecar(text: string): SidecarAddress | undefined {
  const [, url, region] = /^([^|]+)(?:\|([\w.-]{1,64}))?$/.exec(text) ?? [];
  if (url === undefined || !isAddress(url)) return undefined;
  return { url, region };
}

export const sfuSettings = z.object({
  SFU_URL: sfuUrl.optional()
    .describe("a sidecar that runs already; if not set, one is started"),
  SFU_URLS: list(
    "addresses with the label of a region such as tcp://host:port|eu",
    sidecar,
  ).optional()
    .describe("instead, several sidecars that run already"),
  SFU_REGION: text("1 to 64 of A-Z a-z 0-9 _ . -", /^[\w.-]{1,64}$/)
    .optional()
    .describe(
      "rooms go to the SFU_URLS of this region, and to others while none of them is up",
    ),
  SFU_SECRET: text("a secret of 16 to 512 characters", /^.{16,512}$/s)
    .optional()
    .describe("what the sidecars at SFU_URL or SFU_URLS want to know"),
  SFU_TLS_CA: text("the path of a PEM file", /./).optional()
    .describe(
      "authorities for tls:// in SFU_URL and SFU_URLS, beside those of the system",
    ),
  ...mediaSettings.shape,
  NODE_BIN: text("a path", /./).optional()
    .describe("the Node that runs the sidecar, 22.18 or newer"),
});
