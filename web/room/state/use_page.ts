import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Page } from "../page.ts";
import type { State } from "./state.ts";
import type { Store } from "./store.ts";

export const PageContext = createContext<Page | undefined>(undefined);

/** Everything a person can do, for any component. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error("No page is provided above");
  return page;
}

export function useStore(store: Store): State {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.subscribe(setState);
  }, [store]);
  return state;
}
