import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { canShareScreen } from "../call/screen_share.ts";
import type { MediaState } from "../media/media_state.ts";
import type { InRoom, Panel } from "../state/state.ts";
import { usePage } from "../state/use_page.ts";
import { DeviceToggles } from "../ui/device_toggles.tsx";
import {
  ChatIcon,
  LeaveIcon,
  PeopleIcon,
  PulseIcon,
  ScreenIcon,
  SettingsIcon,
} from "../ui/icons.tsx";
import { RoundButton } from "../ui/round_button.tsx";
import { SettingsDialog } from "./settings_dialog.tsx";

type Props = { room: InRoom; media: MediaState; count: number };

export function Controls({ room, media, count }: Props) {
  const page = usePage();
  const isOut = room.connection.outage.at === "out";
  return (
    <div class="controls" role="group" aria-label="Call controls">
      <div class="controls-main">
        <DeviceToggles media={media} />
        {canShareScreen() && (
          <ShareButton
            sharing={room.screen !== undefined}
          />
        )}
        <SettingsButton media={media} />
        <RoundButton label="Leave" tone="danger" onClick={() => page.leave()}>
          <LeaveIcon />
        </RoundButton>
      </div>
      <div class="controls-side">
        <PanelButton
          panel="chat"
          open={room.panel}
          label={room.unread === 0 ? "Chat" : `Chat, ${room.unread} unread`}
          shortcut="C"
          badge={room.unread === 0 ? undefined : Math.min(room.unread, 99)}
        />
        <PanelButton
          panel="people"
          open={room.panel}
          label={`Participants, ${count}`}
          shortcut="P"
          badge={count}
        />
        <PanelButton
          panel="connection"
          open={room.panel}
          label="Connection"
          shortcut="N"
          badge={isOut ? "!" : undefined}
          tone={isOut ? "off" : "plain"}
        />
      </div>
    </div>
  );
}

function ShareButton({ sharing }: { sharing: boolean }) {
  const page = usePage();
  const act = () => sharing ? page.stopSharing() : page.shareScreen();
  return (
    <RoundButton
      label="Share screen"
      hint={sharing ? "Stop sharing your screen" : "Share your screen"}
      pressed={sharing}
      tone={sharing ? "lit" : "plain"}
      onClick={() => void act()}
    >
      <ScreenIcon />
    </RoundButton>
  );
}

function SettingsButton({ media }: { media: MediaState }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <RoundButton label="Devices" onClick={() => setOpen(true)}>
        <SettingsIcon />
      </RoundButton>
      {open && <SettingsDialog media={media} onClose={() => setOpen(false)} />}
    </>
  );
}

type PanelButtonProps = {
  panel: Panel;
  open: Panel | undefined;
  label: string;
  shortcut: string;
  badge: number | string | undefined;
  /** While it is closed. */
  tone?: "plain" | "off";
};

const panelIcons: Record<Panel, () => ComponentChild> = {
  chat: ChatIcon,
  people: PeopleIcon,
  connection: PulseIcon,
};

function PanelButton(
  { panel, open, label, shortcut, badge, tone = "plain" }: PanelButtonProps,
) {
  const page = usePage();
  const isOpen = open === panel;
  const Icon = panelIcons[panel];
  return (
    <RoundButton
      label={label}
      expanded={isOpen}
      tone={isOpen ? "lit" : tone}
      shortcut={shortcut}
      badge={badge}
      onClick={() => page.show(isOpen ? undefined : panel)}
    >
      <Icon />
    </RoundButton>
  );
}
