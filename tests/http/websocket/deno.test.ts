import { denoWebSockets } from "../../../http/websocket/deno.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter("Deno", denoWebSockets);
