import type { types } from "mediasoup-client";
import type { EventParams, JoinResult } from "../../protocol/mod.ts";
import type { Ports } from "../ports.ts";
import type { MediaHost, Resumed, SignalingWatcher } from "./host.ts";
import { Patience } from "./patience.ts";
import { Receiving } from "./receiving.ts";
import { Reconciler } from "./reconciler.ts";
import type { Direction, Sample } from "./recovery/io.ts";
import {
  type RecoveryActions,
  RecoveryRunner,
  type Recreation,
} from "./recovery/runner.ts";
import { Sending } from "./sending.ts";
import type { MediaSettings } from "./settings.ts";
import type { RouterRtpCapabilities } from "./transport.ts";
import {
  type TransportNeeds,
  Transports,
  type TransportsListener,
} from "./transports.ts";

type CloseCause = EventParams<"transportClosed">["cause"];
type Policy = JoinResult["policy"];

/** Recreations are done again before the service gives them up. */
const OF_DTLS_TIMEOUT = 2 / 3;

/** What the service says of a room's media, at the join and later. */
export type Described = TransportNeeds & Pick<JoinResult, "policy">;

/** The media of one room: what is sent, what is received, and its recovery. */
export class Media
  implements SignalingWatcher, RecoveryActions, TransportsListener {
  readonly sending: Sending;
  readonly receiving: Receiving;
  readonly #ask: MediaSettings["ask"];
  readonly #transports: Transports;
  readonly #recovery: RecoveryRunner;
  readonly #reconciler: Reconciler;
  readonly #patience: Patience;
  #isServerLost = false;
  #policy: Policy;

  constructor(
    ports: Ports,
    settings: MediaSettings,
    described: Described,
    host: MediaHost,
  ) {
    const { ask, disconnectedTimeoutMs, recreateAlways } = settings;
    this.#ask = ask;
    this.#policy = described.policy;
    const transports = new Transports(settings, described, host, this);
    const { send, recv } = transports;
    const release = (id: string) => transports.closeAtService(id);
    this.#transports = transports;
    const patience = this.#patience = new Patience(ports);
    const shared = { ask, ports, patience, release };
    const sending = new Sending({ ...shared, transport: send });
    const receiving = new Receiving({ ...shared, transport: recv });
    this.sending = sending;
    this.receiving = receiving;
    const here = { transports, sending, receiving };
    this.#reconciler = new Reconciler({ ...here, ask, ports, host });
    this.#recovery = new RecoveryRunner(ports, host, this, {
      disconnectedTimeoutMs,
      recreateAlways,
      reopenTimeoutMs: () => this.#policy.dtlsTimeoutMs * OF_DTLS_TIMEOUT,
    });
  }

  suspected(): void {
    this.#recovery.handle({ type: "suspected" });
  }

  spoke(): void {
    this.#recovery.handle({ type: "spoke" });
  }

  lost(): void {
    this.#transports.hold();
    this.#recovery.handle({ type: "lost" });
  }

  resumed(resumed: Resumed): void {
    const { transports, iceServers, snapshot } = resumed;
    this.updateIceServers(iceServers);
    const advice = new Map(
      transports.map(({ transportId, advice }) => [transportId, advice]),
    );
    const described = snapshot?.routerRtpCapabilities;
    if (snapshot && !described) this.serverLost();
    this.#recovery.handle({ type: "resumed", advice });
    if (described) this.serverReady(described);
    else if (!this.#isServerLost) this.#transports.release();
    void this.#reconciler.resumed(resumed);
  }

  /** All that was at the service is gone, and nothing can be made for now. */
  serverLost(): void {
    this.#isServerLost = true;
    this.#transports.hold();
    this.#recovery.handle({ type: "serverLost" });
  }

  serverReady(routerRtpCapabilities: RouterRtpCapabilities): void {
    this.#isServerLost = false;
    this.#transports.updateRtpCapabilities(routerRtpCapabilities);
    this.#recovery.handle({ type: "serverReady" });
    this.#transports.release();
  }

  rejoined(joined: JoinResult): void {
    this.#reconciler.forget();
    this.#transports.begin(joined);
    this.#policy = joined.policy;
    this.#isServerLost = false;
    this.#recovery.handle({ type: "rejoined" });
    this.#transports.release();
    // Where there was no transport yet, what waits for one begins anew.
    if (this.#recovery.isUsed("recv")) return;
    this.receiving.recreate().catch(() => {});
  }

  ended(): void {
    this.close();
  }

  /** The policy of the room has changed, or may have. */
  follow(policy: Policy): void {
    this.#policy = policy;
  }

  updateIceServers(iceServers: Described["iceServers"]): void {
    this.#transports.updateIceServers(iceServers);
  }

  /** At the app's wish. */
  recover({ recreate }: { readonly recreate: boolean }): void {
    this.#recovery.handle({ type: "asked", recreate });
  }

  /**
   * The service closed a transport.
   *
   * @returns Which one, when what it carried has ended with it; nothing when that
   * goes on over another.
   */
  transportClosed(
    transportId: string,
    cause: CloseCause,
  ): Direction | undefined {
    const direction = this.#transports.directionOf(transportId);
    if (direction === undefined) return undefined;
    if (cause === "lost" || this.#recovery.isEstablished(direction)) {
      this.#recovery.handle({ type: "gone", id: transportId });
      return undefined;
    }
    this.#transports[direction].close();
    this.#recovery.handle({ type: "closed", direction });
    return direction;
  }

  /**
   * DTLS has ended at the service, which no restart of ICE brings back. One that
   * never worked is the service's to close.
   */
  transportEnded(transportId: string): void {
    const direction = this.#transports.directionOf(transportId);
    if (direction === undefined) return;
    if (!this.#recovery.isEstablished(direction)) return;
    this.#recovery.handle({ type: "gone", id: transportId });
  }

  /** All ends here; the service is told otherwise. */
  close(): void {
    this.#reconciler.forget();
    this.#patience.close();
    this.#recovery.handle({ type: "ended" });
    this.#transports.close();
    this.receiving.close();
  }

  async sample(transportId: string): Promise<Sample | undefined> {
    const direction = this.#transports.directionOf(transportId);
    const reading = direction && await this.#transports.read(direction);
    if (direction === undefined || reading === undefined) return undefined;
    const { pair, pairs, frames } = reading;
    const { isExpected } = direction === "send" ? this.sending : this.receiving;
    const shown = this.receiving.framesOf(frames);
    return { pair, pairs, isExpected, frames: shown };
  }

  setSuspended(suspended: boolean): void {
    this.sending.setSuspended(suspended);
  }

  restartIce(transportIds: readonly string[]): Promise<string[]> {
    return this.#transports.restartIce(transportIds);
  }

  recreate(direction: Direction): Promise<Recreation> {
    return direction === "send"
      ? this.sending.recreate()
      : this.receiving.recreate();
  }

  requestKeyFrame(video: string): void {
    const consumerId = this.receiving.receiver(video)?.consumerId;
    if (consumerId === undefined) return;
    // If it fails, the next one comes soon.
    this.#ask("requestConsumerKeyFrame", { consumerId }).catch(() => {});
  }

  opened(direction: Direction, transport: types.Transport): void {
    if (direction === "send") this.sending.attach(transport);
    this.#recovery.handle({ type: "opened", direction, id: transport.id });
  }

  connectionChanged(id: string, state: RTCPeerConnectionState): void {
    this.#recovery.handle({ type: "connection", id, state });
  }

  gone(transportId: string): void {
    this.#recovery.handle({ type: "gone", id: transportId });
  }
}
