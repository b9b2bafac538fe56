/** The service as all else in the world sees it, however many processes it is. */
import type { AdminCommand } from "../../rooms/core/input.ts";
import type { Gate } from "./network.ts";
import type { Act } from "./plan.ts";
import type { Watched } from "./watched.ts";

export interface Backend {
  /** Whatever they say, tokens are expired until then. */
  tokensExpireUntil: number;
  busyUntil: number;
  /** Since when nothing that was said has been lost with a process. */
  readonly crashedAt: number;
  /** The room, if there is one. */
  readonly room: Watched | undefined;
  /** Where a new connection arrives, of a machine of this name. */
  gate(from: string): Gate;
  /** Heard when the process is awake. */
  admin(command: AdminCommand): void;
  /** Whether everybody could come in for so many milliseconds. */
  wasOpen(ms: number): boolean;
  /** Whether what clients were told last may not have been kept. */
  isForgiven(): boolean;
  /** What a client was handed, by its hash. */
  plainOf(hash: string): string;
  /** Whether that is something that happens to it. */
  perform(act: Act): boolean;
}
