import { useEffect } from "preact/hooks";

/** Keeps the screen of a phone on; browsers drop the lock on hidden pages. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const acquire = async () => {
      if (document.visibilityState !== "visible") return;
      lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
      if (over) await lock?.release();
    };
    void acquire();
    document.addEventListener("visibilitychange", acquire);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", acquire);
      void lock?.release();
    };
  }, []);
}
