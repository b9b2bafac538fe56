import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--auto-select-desktop-capture-source=Entire screen",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** Says yes to every page that asks, whatever is set for it. */
const SAY_YES = "--use-fake-ui-for-media-stream";

export type BrowserOptions = {
  /** Pages have to ask for devices, and can be refused. */
  readonly asks?: boolean;
  /** Beside the usual ones. */
  readonly flags?: readonly string[];
  /** Of those that Playwright sets by itself. */
  readonly withoutFlags?: readonly string[];
};

/** Debian's Chromium with a made-up camera, microphone and screen. */
export function launchBrowser(
  executablePath: string,
  { asks = false, flags = [], withoutFlags = [] }: BrowserOptions = {},
): Promise<Browser> {
  const args = [...FLAGS, ...asks ? [] : [SAY_YES], ...flags];
  const ignoreDefaultArgs = [...withoutFlags];
  return chromium.launch({
    executablePath,
    headless: true,
    args,
    ignoreDefaultArgs,
  });
}
