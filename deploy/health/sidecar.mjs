// Exits with 0 while the sidecar takes connections.
import { connect } from "node:net";

const { SFU_LISTEN = "tcp://127.0.0.1:4440" } = process.env;
const [first = ""] = SFU_LISTEN.split(",");
const { protocol, hostname, port, pathname } = new URL(first.trim());
const socket = protocol === "unix:"
  ? connect(pathname)
  : connect(Number(port), hostname === "0.0.0.0" ? "127.0.0.1" : hostname);
socket.setTimeout(2_000, () => process.exit(1));
socket.once("error", () => process.exit(1));
socket.once("connect", () => process.exit(0));
