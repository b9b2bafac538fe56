import "./no_eval.ts";
import { render } from "preact";
import { connect } from "../../client/mod.ts";
import { requestToken } from "./call/token.ts";
import { start } from "./start.tsx";

const root = document.querySelector("main");
if (root !== null) {
  const { mediaDevices: devices } = navigator;
  render(start({ connect, requestToken, devices }), root);
}
