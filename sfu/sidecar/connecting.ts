/**
 * Connects transports once. Who has lost the answer asks again, be it another
 * owner of the room after a crash: mediasoup itself would refuse that.
 *
 * @module
 */
import type { types } from "mediasoup";
import { ask } from "./failure.ts";

type Connecting = {
  /** The parameters, as JSON. */
  readonly asked: string;
  readonly done: Promise<void>;
};

const connecting = new WeakMap<types.WebRtcTransport, Connecting>();

/** @throws {RpcError} where it is connected with other parameters. */
export async function connectOnce(
  transport: types.WebRtcTransport,
  dtlsParameters: types.DtlsParameters,
): Promise<void> {
  const asked = JSON.stringify(dtlsParameters);
  const earlier = connecting.get(transport);
  if (earlier?.asked === asked) return await earlier.done;
  const done = ask(transport, () => transport.connect({ dtlsParameters }));
  if (earlier === undefined) connecting.set(transport, { asked, done });
  try {
    await done;
  } catch (error) {
    if (connecting.get(transport)?.done === done) connecting.delete(transport);
    throw error;
  }
}
