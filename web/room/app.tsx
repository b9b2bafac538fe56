import { useEffect } from "preact/hooks";
import { Ended } from "./ended/ended.tsx";
import { Lobby } from "./lobby/lobby.tsx";
import type { Page } from "./page.ts";
import { Meeting } from "./meeting/meeting.tsx";
import { type State, titleOf } from "./state/state.ts";
import type { Store } from "./state/store.ts";
import { PageContext, useStore } from "./state/use_page.ts";

export function App({ store, page }: { store: Store; page: Page }) {
  const state = useStore(store);
  const title = titleOf(state);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <PageContext.Provider value={page}>
      <View state={state} />
      <p class="unseen" role="status" aria-live="polite">
        {state.announcement}
      </p>
    </PageContext.Provider>
  );
}

function View({ state }: { state: State }) {
  const { phase, form, media } = state;
  switch (phase.at) {
    case "lobby":
      return <Lobby form={form} media={media} notice={phase.notice} />;
    case "joining":
      return <Lobby form={form} media={media} joining />;
    case "inRoom":
      return <Meeting room={phase} media={media} />;
    case "ended":
      return <Ended reason={phase.reason} room={form.room} />;
  }
}
