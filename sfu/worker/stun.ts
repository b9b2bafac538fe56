/**
 * The one STUN message a full ICE agent needs to speak to an ICE-lite one: a
 * binding request that nominates (RFC 8489, RFC 8445). For Node.
 *
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

export type IceCredentials = {
  readonly usernameFragment: string;
  readonly password: string;
};

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const MAGIC_COOKIE = 0x2112a442;
const FINGERPRINT_XOR = 0x5354554e;
const HEADER_BYTES = 20;
const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;

const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLING = 0x802a;

/** A binding request to the agent that has these credentials. */
export function bindingRequest(remote: IceCredentials): Buffer {
  const attributes = Buffer.concat([
    attribute(USERNAME, Buffer.from(`${remote.usernameFragment}:verify`)),
    attribute(PRIORITY, uint32(0x7fffffff)),
    attribute(ICE_CONTROLLING, randomBytes(8)),
    attribute(USE_CANDIDATE, Buffer.alloc(0)),
  ]);
  const message = Buffer.concat([header(), attributes]);
  return withFingerprint(withIntegrity(message, remote.password));
}

/** STUN and DTLS share a socket; the first byte tells them apart (RFC 7983). */
export function isStun(packet: Uint8Array): boolean {
  return packet.length >= HEADER_BYTES && packet[0] !== undefined &&
    packet[0] < 4;
}

export function isBindingSuccess(packet: Buffer): boolean {
  return isStun(packet) && packet.readUInt16BE(0) === BINDING_SUCCESS;
}

function header(): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16BE(BINDING_REQUEST, 0);
  fixed.writeUInt32BE(MAGIC_COOKIE, 4);
  return Buffer.concat([fixed, randomBytes(12)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
  return Buffer.concat([head, value, padding]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0, 0);
  return bytes;
}

/** The length in the header counts the attribute that is being computed. */
function withLength(message: Buffer, added: number): Buffer {
  const counted = Buffer.from(message);
  counted.writeUInt16BE(message.length - HEADER_BYTES + added, 2);
  return counted;
}

function withIntegrity(message: Buffer, password: string): Buffer {
  const counted = withLength(message, INTEGRITY_BYTES);
  const digest = createHmac("sha1", password).update(counted).digest();
  return Buffer.concat([counted, attribute(MESSAGE_INTEGRITY, digest)]);
}

function withFingerprint(message: Buffer): Buffer {
  const counted = withLength(message, FINGERPRINT_BYTES);
  const value = uint32((crc32(counted) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([counted, attribute(FINGERPRINT, value)]);
}
