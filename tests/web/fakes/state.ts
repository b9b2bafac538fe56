import type { RoomView } from "../../../web/room/call/view.ts";
import { noDevices } from "../../../web/room/media/devices.ts";
import type {
  MediaState,
  Source,
} from "../../../web/room/media/media_state.ts";
import type { State } from "../../../web/room/state/state.ts";

export function closedMedia(): MediaState {
  const source: Source = {
    on: true,
    access: { at: "closed" },
    deviceId: undefined,
  };
  return {
    microphone: source,
    camera: source,
    devices: noDevices,
    speakerId: undefined,
  };
}

export function lobbyState(): State {
  return {
    form: { name: "Me", room: "tea" },
    media: closedMedia(),
    phase: { at: "lobby", notice: undefined },
    announcement: "",
  };
}

export function emptyRoom(): RoomView {
  return {
    name: "tea",
    state: "connected",
    ownSessionId: "own",
    ownName: "Me",
    others: [],
  };
}
