import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Dashboard } from "../dashboard.ts";
import type { State } from "./state.ts";

export const DashboardContext = createContext<Dashboard | undefined>(undefined);

/** Everything an operator can do, for any component. */
export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) {
    throw new Error("No dashboard is provided above");
  }
  return dashboard;
}

export function useStateOf({ store }: Dashboard): State {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.subscribe(setState);
  }, [store]);
  return state;
}
