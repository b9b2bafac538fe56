import type { MediaState } from "../media/media_state.ts";
import { everyone, type InRoom, type Panel } from "../state/state.ts";
import { usePage } from "../state/use_page.ts";
import { CopyLink } from "../ui/copy_link.tsx";
import { isStale } from "../connection/connection.ts";
import { ConnectionPanel } from "../connection/connection_panel.tsx";
import { OutageBanner } from "../outage/outage_banner.tsx";
import { useFocus } from "../ui/use_focus.ts";
import { useKeys } from "../ui/use_keys.ts";
import { arrange } from "./arrangement.ts";
import { ChatPanel } from "./chat_panel.tsx";
import { Controls } from "./controls.tsx";
import { DeviceNotice } from "./device_notice.tsx";
import { PeoplePanel } from "./people_panel.tsx";
import { Sounds } from "./sounds.tsx";
import { Tiles } from "./tiles.tsx";
import { Toasts } from "./toasts.tsx";
import { useWakeLock } from "./use_wake_lock.ts";

type Props = { room: InRoom; media: MediaState };

/** The call itself. */
export function Meeting({ room, media }: Props) {
  const page = usePage();
  const heading = useFocus<HTMLHeadingElement>();
  const people = everyone(room, media);
  const link = page.linkTo(room.view.name);
  const toggle = (panel: Panel) =>
    page.show(room.panel === panel ? undefined : panel);
  useWakeLock();
  useKeys({
    m: () => void page.toggle("microphone"),
    v: () => void page.toggle("camera"),
    c: () => toggle("chat"),
    p: () => toggle("people"),
    n: () => toggle("connection"),
  });
  return (
    <div
      class="meeting"
      data-panel={room.panel ?? "none"}
      data-stale={isStale(room.connection)}
    >
      <header class="meeting-head">
        <h1 ref={heading} tabIndex={-1}>{room.view.name}</h1>
        <CopyLink link={link} label="Copy link" />
      </header>
      <div class="meeting-space">
        <DeviceNotice media={media} />
        <OutageBanner connection={room.connection} />
        <Sounds people={room.view.others} speakerId={media.speakerId} />
        <Tiles
          arrangement={arrange(people, room.speaker)}
          speaking={room.speaking}
          link={link}
        />
        <Toasts toasts={room.toasts} />
      </div>
      {room.panel === "chat" && <ChatPanel messages={room.messages} />}
      {room.panel === "people" && <PeoplePanel people={people} link={link} />}
      {room.panel === "connection" && (
        <ConnectionPanel
          connection={room.connection}
          simulation={room.simulation}
        />
      )}
      <Controls room={room} media={media} count={people.length} />
    </div>
  );
}
