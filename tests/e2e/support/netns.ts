/**
 * A network of its own on this machine: a server behind a bridge, and hosts
 * each behind a cable that can be pulled. Nothing of it leaves the machine, and
 * nothing of the machine's own network is changed.
 *
 * @module
 */
import { exists } from "../../../files.ts";
import { Host } from "./netns_host.ts";
import { Namespace, run } from "./netns_namespace.ts";

/** The machine's own end, to ask the server from outside of all namespaces. */
const OUTSIDE = 254;
const SERVER = 1;
const TRIES = 20;

export class Network implements AsyncDisposable {
  /** Where the server runs; the bridge is its interface. */
  readonly server: Namespace;
  readonly #name: string;
  /** The first three numbers of every address. */
  readonly #prefix: string;
  #hosts = 0;
  #lastAddress = SERVER;

  private constructor(name: string, prefix: string, server: Namespace) {
    this.#name = name;
    this.#prefix = prefix;
    this.server = server;
  }

  static async open(): Promise<Network> {
    await removeLeftovers();
    const name = `hf${Deno.pid}-${crypto.randomUUID().slice(0, 3)}`;
    const prefix = await freePrefix();
    const server = await Namespace.add(`${name}-server`);
    const network = new Network(name, prefix, server);
    try {
      await network.#connectOutside();
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The server's. */
  get address(): string {
    return `${this.#prefix}.${SERVER}`;
  }

  /** The machine's own, as the server sees it. */
  get outside(): string {
    return `${this.#prefix}.${OUTSIDE}`;
  }

  /** To be disposed of before the network is. */
  addHost(): Promise<Host> {
    const number = ++this.#hosts;
    return Host.add({
      name: `${this.#name}-${number}`,
      port: `port${number}`,
      server: this.server,
      gateway: this.address,
      nextAddress: () => `${this.#prefix}.${++this.#lastAddress}`,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  /** The bridge is given a MAC: else it takes those of its ports in turn. */
  async #connectOutside(): Promise<void> {
    const outside = `${this.#name}o`;
    await this.server.ip(`
      link add bridge address 02:00:00:00:00:01 type bridge
      link set bridge addrgenmode none
      link set bridge up
      address add ${this.address}/24 dev bridge
      link add outside type veth peer name ${outside} netns ${Deno.pid}
      link set outside master bridge
      link set outside addrgenmode none
      link set outside up
    `);
    await run(
      ["-batch", "-"],
      `
      link set ${outside} addrgenmode none
      address add ${this.#prefix}.${OUTSIDE}/24 dev ${outside}
      link set ${outside} up
    `,
    );
  }
}

/** Of a run that was killed: its namespaces bear the number of its process. */
async function removeLeftovers(): Promise<void> {
  for (const namespace of await Namespace.list()) {
    const pid = /^hf(\d+)-/.exec(namespace.name)?.[1];
    if (pid === undefined || await exists(`/proc/${pid}`)) continue;
    await namespace[Symbol.asyncDispose]();
  }
}

/** Of a /24 to which no route of this machine leads, but the default one. */
async function freePrefix(): Promise<string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
    const prefix = `10.${a}.${b}`;
    const routes = await run([
      "-4",
      "route",
      "show",
      "match",
      `${prefix}.0/24`,
    ]);
    const others = routes.split("\n").filter((line) =>
      line !== "" && !line.startsWith("default")
    );
    const inside = await run(["-4", "route", "show", "root", `${prefix}.0/24`]);
    if (others.length === 0 && inside === "") return prefix;
  }
  throw new Error("Cannot find a network of 10.0.0.0/8 that is free");
}
