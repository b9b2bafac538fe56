/**
 * How Deno reaches each kind of address.
 *
 * @module
 */
import type { Dial } from "./connection.ts";
import { HttpWire } from "./http_wire.ts";
import { StreamWire } from "./stream_wire.ts";

export type DialOptions = {
  readonly url: URL;
  readonly secret: string;
  /** Certificate authorities in PEM. */
  readonly ca?: string;
  readonly maxFrameBytes: number;
};

type Connect = (signal: AbortSignal) => Promise<Deno.Conn>;

/** @throws {TypeError} when the URL is of another kind. */
export function dialFor(options: DialOptions): Dial {
  const { url } = options;
  switch (url.protocol) {
    case "unix:":
      return dialStream(
        options,
        () =>
          Deno.connect({ transport: "unix", path: decodeURI(url.pathname) }),
      );
    case "tcp:":
      return dialStream(options, (signal) => connectTcp(url, signal));
    case "tls:":
      return dialStream(options, (signal) => connectTls(options, signal));
    case "http:":
    case "https:":
      return dialHttp(options);
    default:
      throw new TypeError(
        `Cannot dial: the URL must be tcp:, tls:, unix:, http: or https:, not ${url.protocol}`,
      );
  }
}

function dialStream({ maxFrameBytes }: DialOptions, connect: Connect): Dial {
  return async (events, signal) =>
    new StreamWire(await connect(signal), maxFrameBytes, events);
}

async function connectTcp(
  url: URL,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const hostname = hostOf(url);
  const conn = await Deno.connect({ hostname, port: Number(url.port), signal });
  conn.setNoDelay(true);
  return conn;
}

/** Begun as TCP, since only there the delay can be turned off. */
async function connectTls(
  { url, ca }: DialOptions,
  signal: AbortSignal,
): Promise<Deno.Conn> {
  const tcp = await connectTcp(url, signal);
  const tls = await Deno.startTls(tcp, {
    hostname: hostOf(url),
    ...(ca === undefined ? {} : { caCerts: [ca] }),
  });
  const abandon = () => tls.close();
  signal.addEventListener("abort", abandon);
  try {
    await tls.handshake();
    return tls;
  } catch (error) {
    if (!signal.aborted) tls.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}

/** Without certificates of one's own, any platform that has `fetch` will do. */
function dialHttp({ url, secret, ca, maxFrameBytes }: DialOptions): Dial {
  return (events) => {
    const client = ca === undefined
      ? undefined
      : Deno.createHttpClient({ caCerts: [ca] });
    const wire = new HttpWire({
      url: url.origin,
      secret,
      connection: crypto.randomUUID(),
      fetch: (input, init) =>
        fetch(input, client === undefined ? init : { ...init, client }),
      maxFrameBytes,
      release: () => client?.close(),
    }, events);
    return Promise.resolve(wire);
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
