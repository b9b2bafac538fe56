/** The timers of one room. */
export interface Timers {
  /** Calls back after so many milliseconds; what it returns calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Lets go of the worker. Timers that are set still ring. */
  readonly close: () => void;
}

/** A worker, as far as it is used. */
export type TimerWorker = Pick<
  Worker,
  "addEventListener" | "postMessage" | "terminate"
>;

type Timer = {
  readonly due: number;
  readonly callback: () => void;
  /** Where it does not run in the worker. */
  inPage?: ReturnType<typeof setTimeout>;
};

/** Takes `{id, ms}` to set a timer, and without `ms` to call it off; says its id. */
const SOURCE = `
const timers = new Map();
self.onmessage = ({ data: { id, ms } }) => {
  if (ms === undefined) {
    clearTimeout(timers.get(id));
    timers.delete(id);
    return;
  }
  const ring = () => {
    timers.delete(id);
    self.postMessage(id);
  };
  timers.set(id, setTimeout(ring, ms));
};`;

let source: string | undefined;

function openTimerWorker(): TimerWorker {
  source ??= URL.createObjectURL(
    new Blob([SOURCE], { type: "text/javascript" }),
  );
  return new Worker(source, { type: "module", name: "holdfast timers" });
}

/**
 * Timers that a hidden page does not slow down: they run in a worker, or where
 * that is not to be had (such as by the page's content security policy), in the
 * page.
 */
export function openTimers(
  openWorker: () => TimerWorker = openTimerWorker,
  now: () => number = () => performance.now(),
): Timers {
  const pending = new Map<number, Timer>();
  let lastId = 0;
  let place: "unopened" | "page" | TimerWorker = "unopened";

  const ring = (id: number) => {
    const timer = pending.get(id);
    pending.delete(id);
    timer?.callback();
  };
  const setInPage = (id: number, timer: Timer) => {
    timer.inPage = setTimeout(() => ring(id), Math.max(0, timer.due - now()));
  };
  const leaveWorker = () => {
    if (typeof place !== "string") place.terminate();
    place = "page";
    for (const [id, timer] of pending) {
      if (timer.inPage === undefined) setInPage(id, timer);
    }
  };
  const open = (): TimerWorker | "page" => {
    try {
      const worker = openWorker();
      worker.addEventListener("message", ({ data }) => ring(data));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        leaveWorker();
      });
      return worker;
    } catch {
      return "page";
    }
  };
  const callOff = (id: number) => {
    const timer = pending.get(id);
    if (timer === undefined) return;
    pending.delete(id);
    if (timer.inPage !== undefined) clearTimeout(timer.inPage);
    else if (typeof place !== "string") place.postMessage({ id });
  };

  return {
    after: (ms, callback) => {
      const id = ++lastId;
      const timer: Timer = { due: now() + ms, callback };
      pending.set(id, timer);
      if (place === "unopened") place = open();
      if (place === "page") setInPage(id, timer);
      else place.postMessage({ id, ms });
      return () => callOff(id);
    },
    close: leaveWorker,
  };
}
