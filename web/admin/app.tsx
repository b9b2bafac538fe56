import { ActionDialog } from "./actions/action_dialog.tsx";
import type { Dashboard } from "./dashboard.ts";
import { AlarmBanner } from "./overview/alarm_banner.tsx";
import { Header } from "./overview/header.tsx";
import { Overview } from "./overview/overview.tsx";
import { RoomPage } from "./rooms/room_page.tsx";
import { SignIn } from "./sign_in.tsx";
import type { SignedIn } from "./state/state.ts";
import {
  DashboardContext,
  useDashboard,
  useStateOf,
} from "./state/use_dashboard.ts";

export function App({ dashboard }: { dashboard: Dashboard }) {
  const state = useStateOf(dashboard);
  return (
    <DashboardContext.Provider value={dashboard}>
      {state.at === "signedOut"
        ? <SignIn notice={state.notice} isBusy={state.isBusy} />
        : <Panels state={state} />}
    </DashboardContext.Provider>
  );
}

function Panels({ state }: { state: SignedIn }) {
  const { history, clock } = useDashboard();
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
