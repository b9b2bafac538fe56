import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {children}
    </svg>
  );
}

const slash = <path d="M4 3.5 20 20.5" />;

export const MicrophoneIcon = () => (
  <Icon>
    <rect x="9" y="2.5" width="6" height="12" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.5" />
  </Icon>
);

export const MicrophoneOffIcon = () => (
  <Icon>
    <path d="M15 10V5.5a3 3 0 0 0-5.7-1.3M9 9v2.5a3 3 0 0 0 4.5 2.6M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3.5" />
    {slash}
  </Icon>
);

export const CameraIcon = () => (
  <Icon>
    <rect x="2.5" y="6" width="13" height="12" rx="3" />
    <path d="m15.5 10.5 4.5-2.8a.6.6 0 0 1 1 .5v7.6a.6.6 0 0 1-1 .5l-4.5-2.8" />
  </Icon>
);

export const CameraOffIcon = () => (
  <Icon>
    <path d="M9.5 6h3a3 3 0 0 1 3 3v2l4.5-3.3a.6.6 0 0 1 1 .5v7.6a.6.6 0 0 1-.4.6M15.5 15.6a3 3 0 0 1-3 2.4h-7a3 3 0 0 1-3-3V9a3 3 0 0 1 2.6-3" />
    {slash}
  </Icon>
);

export const ScreenIcon = () => (
  <Icon>
    <rect x="2.5" y="4" width="19" height="13" rx="2.5" />
    <path d="M8.5 21h7M12 14V7.5M9 10l3-3 3 3" />
  </Icon>
);

export const ChatIcon = () => (
  <Icon>
    <path d="M4 17.5V6.5a2.5 2.5 0 0 1 2.5-2.5h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H8l-3.2 2.7a.5.5 0 0 1-.8-.4ZM8 8.5h8M8 11.8h5" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 4.7a3.5 3.5 0 0 1 0 6.6M18 14a6.5 6.5 0 0 1 3.5 5.5" />
  </Icon>
);

export const PulseIcon = () => (
  <Icon>
    <path d="M2.5 12.5h4l2.8-7 4.9 13 2.8-6h4.500" />
  </Icon>
);

export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2.2" />
    <circle cx="9" cy="17" r="2.2" />
  </Icon>
);

export const LeaveIcon = () => (
  <Icon>
    <path
      class="filled"
      d="M12 8.5c4.3 0 8 1.4 9.6 3.7.7 1 .5 2.3.2 3.3-.2.7-.9 1.1-1.6.9l-3-.8c-.6-.2-1-.7-1-1.3v-1.8a13.5 13.5 0 0 0-8.4 0v1.8c0 .6-.4 1.1-1 1.3l-3 .8c-.7.2-1.4-.2-1.6-.9-.3-1-.5-2.3.2-3.3C4 9.9 7.7 8.5 12 8.5Z"
    />
  </Icon>
);

export const LinkIcon = () => (
  <Icon>
    <path d="M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12.5 5.8M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.1-1.1" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M4.5 12 3.8 5.2a.7.7 0 0 1 1-.7l15.5 7a.6.6 0 0 1 0 1l-15.5 7a.7.7 0 0 1-1-.7ZM4.5 12h7" />
  </Icon>
);

export const SoundIcon = () => (
  <Icon>
    <path d="M4 9.5v5h3.5l5 4v-13l-5 4ZM16 9a4.2 4.2 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.5v5.5M12 16.4v.1" />
  </Icon>
);

export const SpeakingIcon = () => (
  <Icon>
    <path class="bar" d="M6.5 9.5v5" />
    <path class="bar" d="M12 6v12" />
    <path class="bar" d="M17.5 9.5v5" />
  </Icon>
);

export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="6.5" r="3" />
    <path d="M16 9.5V28M10.5 14.5h11M5 18.5c.5 5.7 5 9.5 11 9.5s10.5-3.800 11-9.5" />
  </svg>
);
