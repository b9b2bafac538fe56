import type { ComponentChild } from "preact";
import { App } from "./app.tsx";
import { isGranted } from "./media/capture.ts";
import { noDevices } from "./media/devices.ts";
import { type BrowserDevices, LocalMedia } from "./media/local_media.ts";
import type { Source } from "./media/media_state.ts";
import { Memory } from "./memory.ts";
import { friendlyRoomName, roomInAddress } from "./names.ts";
import { Page, type Ports } from "./page.ts";
import type { State } from "./state/state.ts";
import { Store } from "./state/store.ts";

type World = Pick<Ports, "connect" | "requestToken" | "simulator"> & {
  devices: BrowserDevices | undefined;
};

/** Puts the page together. */
export function start(
  { connect, requestToken, simulator, devices }: World,
): ComponentChild {
  const memory = new Memory();
  const store = new Store(initialState(memory));
  const media = new LocalMedia(
    devices,
    store.state.media,
    (media) => store.dispatch({ type: "mediaChanged", media }),
  );
  const page = new Page(store, media, {
    connect,
    requestToken,
    memory,
    simulator,
    address: {
      get href() {
        return location.href;
      },
      replace: (href) => history.replaceState(null, "", href),
    },
    random,
  });
  void openIfGranted(page);
  return <App store={store} page={page} />;
}

function initialState(memory: Memory): State {
  const source = (kind: "microphone" | "camera"): Source => ({
    on: true,
    access: { at: "closed" },
    deviceId: memory.recall(kind),
  });
  const room = roomInAddress(new URL(location.href)) ??
    friendlyRoomName(random);
  return {
    form: { name: memory.recall("name") ?? "", room },
    media: {
      microphone: source("microphone"),
      camera: source("camera"),
      devices: noDevices,
      speakerId: memory.recall("speaker"),
    },
    phase: { at: "lobby", notice: undefined },
    announcement: "",
  };
}

/** Who has allowed it before sees the preview at once. */
async function openIfGranted(page: Page): Promise<void> {
  if (await isGranted("camera") && await isGranted("microphone")) {
    await page.openDevices();
  }
}

function random(): number {
  const [bits = 0] = crypto.getRandomValues(new Uint32Array(1));
  return bits / 2 ** 32;
}
