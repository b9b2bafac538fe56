import { type Dialect, JOINED, REFUSED } from "./join_client.ts";

/** One request holds it all. */
export function holdfast(token: string): Dialect {
  return {
    protocol: "holdfast.v1",
    opening: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "join",
      params: { token },
    }),
    answer: (frame) => {
      if (!isRecord(frame)) return REFUSED;
      if (frame.method === "ping") {
        return JSON.stringify({
          jsonrpc: "2.0",
          id: frame.id,
          result: { ack: 0 },
        });
      }
      if (frame.id !== 1) return undefined;
      const { result } = frame;
      return isRecord(result) && isRecord(result.routerRtpCapabilities)
        ? JOINED
        : REFUSED;
    },
  };
}

/** First the capabilities, which the client needs to say what to join with. */
export function mediasoupDemo(displayName: string): Dialect {
  const request = (id: number, method: string, data: unknown) =>
    JSON.stringify({ request: true, id, method, data });
  return {
    protocol: "protoo",
    opening: request(1, "getRouterRtpCapabilities", {}),
    answer: (frame) => {
      if (!isRecord(frame) || frame.response !== true) return undefined;
      if (frame.ok !== true) return REFUSED;
      if (frame.id === 2) return JOINED;
      return request(2, "join", { displayName, rtpCapabilities: frame.data });
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
