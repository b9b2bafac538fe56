import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";
import type { State } from "./state.ts";

export const DeskContext = createContext<Desk | undefined>(undefined);

/** Everything an operator can do, for any component. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error("No desk is provided above");
  return desk;
}

export function useStateOf({ store }: Desk): State {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.subscribe(setState);
  }, [store]);
  return state;
}
