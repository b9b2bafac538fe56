import type {
  Participant,
  ParticipantSummary,
  RoomSummary,
  ServiceStatus,
} from "../../../admin/client.ts";
import type { Action } from "../actions/action.ts";
import type { View } from "./view.ts";

export type SignedOut = {
  readonly at: "signedOut";
  /** Why one is out, or was not let in. */
  readonly notice?: string | undefined;
  readonly isBusy: boolean;
};

/** What is known of the room that is looked at. */
export type RoomNow =
  | { readonly state: "unknown" }
  | {
    readonly state: "there";
    readonly participants: readonly ParticipantSummary[];
  }
  | { readonly state: "gone" };

/** An action that waits for a yes. */
export type Asked = {
  readonly action: Action;
  readonly isBusy: boolean;
  readonly problem?: string | undefined;
};

export type SignedIn = {
  readonly at: "signedIn";
  /** Of the stream of events. */
  readonly line: "connecting" | "live" | "away";
  readonly view: View;
  /** `null`: the token is for one room. */
  readonly status: ServiceStatus | null | undefined;
  /** In the order of their names; undefined: not known yet. */
  readonly rooms: readonly RoomSummary[] | undefined;
  readonly room: RoomNow;
  /** The one who is looked at, with what the media server says. */
  readonly participant: Participant | undefined;
  readonly asked: Asked | undefined;
  /** What was done last, for people to hear and see. */
  readonly done: string | undefined;
};

export type State = SignedOut | SignedIn;

export const signedIn = (view: View): SignedIn => ({
  at: "signedIn",
  line: "connecting",
  view,
  status: undefined,
  rooms: undefined,
  room: { state: "unknown" },
  participant: undefined,
  asked: undefined,
  done: undefined,
});
