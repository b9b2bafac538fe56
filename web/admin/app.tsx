import type { Desk } from "./desk.ts";
import { ActionDialog } from "./actions/action_dialog.tsx";
import { AlarmBanner } from "./overview/alarm_banner.tsx";
import { Header } from "./overview/header.tsx";
import { Overview } from "./overview/overview.tsx";
import { RoomPage } from "./rooms/room_page.tsx";
import { SignIn } from "./sign_in.tsx";
import type { SignedIn } from "./state/state.ts";
import { DeskContext, useDesk, useStateOf } from "./state/use_desk.ts";

export function App({ desk }: { desk: Desk }) {
  const state = useStateOf(desk);
  return (
    <DeskContext.Provider value={desk}>
      {state.at === "signedOut"
        ? <SignIn notice={state.notice} isBusy={state.isBusy} />
        : <Dashboard state={state} />}
    </DeskContext.Provider>
  );
}

function Dashboard({ state }: { state: SignedIn }) {
  const { history, clock } = useDesk();
  const { view, asked, done } = state;
  return (
    <div class="dashboard">
      <Header state={state} />
      <AlarmBanner alarm={history.alarm(clock.now)} />
      <p class="done" role="status">{done}</p>
      <div class="content">
        {view.at === "service"
          ? <Overview state={state} />
          : <RoomPage key={view.room} state={state} view={view} />}
      </div>
      {asked !== undefined && <ActionDialog asked={asked} />}
    </div>
  );
}
