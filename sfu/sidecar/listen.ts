/**
 * Where a sidecar listens, as an address. For any runtime.
 *
 * @module
 */
export type Listen =
  | { readonly scheme: "unix"; readonly path: string }
  | {
    readonly scheme: "tcp" | "tls" | "http" | "https";
    readonly host: string;
    readonly port: number;
  };

const HOST =
  /^(tcp|tls|http|https):\/\/(\[[0-9a-fA-F:.]+\]|[^:/[\]]+):(\d{1,5})$/;
const LOOPBACK = /^(localhost|::1|127\.\d+\.\d+\.\d+)$/;
const UNIX = /^unix:\/\/(\/.+)$/;

/** Undefined: not a list of addresses. */
export function parseListen(text: string): Listen[] | undefined {
  const all = text.split(",").map((address) => parseOne(address.trim()));
  const valid = all.filter((listen) => listen !== undefined);
  return valid.length === all.length ? valid : undefined;
}

function parseOne(address: string): Listen | undefined {
  const path = UNIX.exec(address)?.[1];
  if (path !== undefined) return { scheme: "unix", path };
  const [, scheme, host, digits] = HOST.exec(address) ?? [];
  const port = Number(digits);
  if (!isScheme(scheme) || host === undefined || port > 65_535) {
    return undefined;
  }
  return { scheme, host: host.replace(/^\[|\]$/g, ""), port };
}

function isScheme(
  text: string | undefined,
): text is "tcp" | "tls" | "http" | "https" {
  return text === "tcp" || text === "tls" || text === "http" ||
    text === "https";
}

export function hasTls({ scheme }: Listen): boolean {
  return scheme === "tls" || scheme === "https";
}

/** Whether other machines can reach it. */
export function isRemote(listen: Listen): boolean {
  return listen.scheme !== "unix" && !LOOPBACK.test(listen.host);
}
