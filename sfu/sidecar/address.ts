/**
 * The address that browsers are told to send media to.
 *
 * @module
 */
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

type Interfaces = Readonly<
  Record<string, readonly NetworkInterfaceInfo[] | undefined>
>;

const ANY = new Set(["0.0.0.0", "::"]);
const LOOPBACK = "127.0.0.1";
const LINK_LOCAL = "169.254.";

/**
 * The setting, if there is one. Else, where media is taken on every address, the
 * machine's own first IPv4: browsers on it and around it reach that one, while
 * Firefox refuses 127.0.0.1. Undefined: the listening address speaks for itself.
 */
export function announcedAddress(
  listenIp: string,
  setting: string | undefined,
  interfaces: Interfaces = networkInterfaces(),
): string | undefined {
  if (setting !== undefined) return setting;
  if (!ANY.has(listenIp)) return undefined;
  const own = Object.values(interfaces).flatMap((infos) => infos ?? [])
    .find(({ family, internal, address }) =>
      family === "IPv4" && !internal && !address.startsWith(LINK_LOCAL)
    );
  return own?.address ?? LOOPBACK;
}
