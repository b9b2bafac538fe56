import type { Fault } from "../simulate/simulator.ts";

type FaultWords = {
  name: string;
  /** While it lasts. */
  active: string;
  /** What is really done. */
  explanation: string;
};

export const faultWords: Record<Fault, FaultWords> = {
  signaling: {
    name: "Signaling",
    active: "Signaling is cut",
    explanation:
      "Nothing gets through to the service or back, and no new connection opens. What was said meanwhile arrives late, as with a network that drops packets.",
  },
  media: {
    name: "Media",
    active: "Media is cut",
    explanation:
      "Your media connections are closed and new ones find no way. A page cannot drop packets of a connection that lives, so this is harder than a bad network: all of them must be built anew.",
  },
  both: {
    name: "Both",
    active: "Signaling and media are cut",
    explanation:
      "Both at once, as when the network is gone. The browser does not notice: it still says that you are online.",
  },
};
