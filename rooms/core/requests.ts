/**
 * What clients can ask for, and who answers.
 *
 * @module
 */
import {
  describe,
  type Method,
  methods,
  type Params,
  type Request,
} from "../../protocol/mod.ts";
import { endSession } from "./end.ts";
import {
  type Answer,
  type Asked,
  deferred,
  type Handler,
  refusal,
} from "./handler.ts";
import * as consumers from "./media/consumers.ts";
import * as data from "./media/data.ts";
import * as producers from "./media/producers.ts";
import * as transports from "./media/transports.ts";
import { sendMessage } from "./messages.ts";
import { answer, refuse, respond } from "./outbox.ts";
import { updateMetadata } from "./roster.ts";
import type { Session } from "./session.ts";
import type { Step } from "./state.ts";

const leave: Handler<"leave"> = ({ step, session, id }) => {
  // The connection closes with the session, so the answer goes first.
  answer(step, session, id, {});
  endSession(step, session, "left");
  return deferred;
};

const handlers: { readonly [M in Method]: Handler<M> } = {
  join: () => refusal("alreadyJoined"),
  leave,
  updateMetadata,
  sendMessage,
  createWebRtcTransport: transports.createWebRtcTransport,
  connectWebRtcTransport: transports.connectWebRtcTransport,
  restartIce: transports.restartIce,
  closeTransport: transports.closeTransport,
  produce: producers.produce,
  pauseProducer: producers.pauseProducer,
  resumeProducer: producers.resumeProducer,
  closeProducer: producers.closeProducer,
  consume: consumers.consume,
  pauseConsumer: consumers.pauseConsumer,
  resumeConsumer: consumers.resumeConsumer,
  closeConsumer: consumers.closeConsumer,
  setConsumerPreferredLayers: consumers.setConsumerPreferredLayers,
  setConsumerPriority: consumers.setConsumerPriority,
  requestConsumerKeyFrame: consumers.requestConsumerKeyFrame,
  produceData: data.produceData,
  closeDataProducer: data.closeDataProducer,
  consumeData: data.consumeData,
  closeDataConsumer: data.closeDataConsumer,
};

/** Answers a request once, now or by the reply of a call that it makes. */
export function handleRequest(
  step: Step,
  session: Session,
  { id, method, params = {} }: Request,
): void {
  const { connection } = session;
  if (!isMethod(method)) {
    return refuse(step, connection, id, refusal("methodNotFound", method));
  }
  if (session.state === "joining") {
    const refused = method === "join"
      ? refusal("alreadyJoined")
      : refusal("busy", "the join is not answered yet");
    return refuse(step, connection, id, refused);
  }
  const given = dispatch({ step, session, id }, method, params);
  respond(step, session, id, given);
}

const isMethod = (name: string): name is Method =>
  Object.hasOwn(handlers, name);

function dispatch<M extends Method>(
  asked: Asked,
  method: M,
  params: unknown,
): Answer<M> {
  const parsed = methods[method].params.safeParse(params);
  if (!parsed.success) return refusal("invalidParams", describe(parsed.error));
  return handlers[method](asked, parsed.data as Params<M>);
}
