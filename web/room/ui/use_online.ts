import { useEffect, useState } from "preact/hooks";

/** What the browser believes; it is seldom wrong when it says no. */
export function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    for (const event of ["online", "offline"]) addEventListener(event, update);
    return () => {
      for (const event of ["online", "offline"]) {
        removeEventListener(event, update);
      }
    };
  }, []);
  return isOnline;
}
