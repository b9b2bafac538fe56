import "../../client/no_eval.ts";
import { render } from "preact";
import { connectWith } from "../../client/connect.ts";
import type { connect } from "../../client/mod.ts";
import { browserPorts } from "../../client/ports.ts";
import { requestToken } from "./call/token.ts";
import { Simulator } from "./simulate/simulator.ts";
import { start } from "./start.tsx";

/** It stands between the SDK and the network, and lets everything through. */
const simulator = new Simulator();
// Without WebRTC there is none, and the SDK says so when one joins.
if (globalThis.RTCPeerConnection !== undefined) {
  globalThis.RTCPeerConnection = simulator.peerConnection(RTCPeerConnection);
}
const connectThrough: typeof connect = (...how) =>
  connectWith(simulator.over(browserPorts()), ...how);

const root = document.querySelector("main");
if (root !== null) {
  const { mediaDevices: devices } = navigator;
  render(
    start({ connect: connectThrough, requestToken, simulator, devices }),
    root,
  );
}
