import { Namespace } from "./netns_namespace.ts";

export type HostOptions = {
  readonly name: string;
  /** Its port at the server's bridge. */
  readonly port: string;
  readonly server: Namespace;
  readonly gateway: string;
  readonly nextAddress: () => string;
};

/** What is wrong with a host, until it is ended. */
export type Fault = {
  /** Resolves with the time from which on all was well again, in ms since 1970. */
  end(): Promise<number>;
};

/** Which packets: options of `iptables`. */
type Match = readonly string[];

const MATCHES = {
  all: [],
  /** Media. */
  udp: ["-p", "udp"],
  /** Signaling. */
  tcp: ["-p", "tcp"],
} satisfies Record<string, Match>;

/** The state `ESTABLISHED` in `/proc/net/tcp`. */
const ESTABLISHED = "01";

/** A machine of the network, with all that can go wrong with one. */
export class Host implements AsyncDisposable {
  readonly namespace: Namespace;
  readonly #options: HostOptions;
  #address = "";

  private constructor(namespace: Namespace, options: HostOptions) {
    this.namespace = namespace;
    this.#options = options;
  }

  static async add(options: HostOptions): Promise<Host> {
    const host = new Host(await Namespace.add(options.name), options);
    try {
      await host.#connect();
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Both ends drop what arrives, as behind a dead router. What is sent is let
   * out: a sender that gets an error knows more than it would in real life.
   */
  async drop(what: keyof typeof MATCHES = "all"): Promise<Fault> {
    return await this.#dropBothWays(MATCHES[what], MATCHES[what]);
  }

  /** The server does not get what is sent, and is heard all the same. */
  async dropOutgoing(): Promise<Fault> {
    const undo = await this.#dropAtServer([]);
    return faultOf(undo);
  }

  /**
   * Forgets the TCP connections that there are, as a NAT box does: neither end
   * is told, and new ones work.
   */
  async forgetConnections(): Promise<Fault> {
    const faults: Fault[] = [];
    for (const port of await this.#tcpPorts()) {
      const match = (side: "source" | "destination") => [
        ...MATCHES.tcp,
        `--${side}-port`,
        String(port),
      ];
      faults.push(
        await this.#dropBothWays(match("destination"), match("source")),
      );
    }
    return faultOf(async () => {
      for (const fault of faults) await fault.end();
    });
  }

  /** The cable is out: the interface goes down, and the host knows. */
  async unplug(): Promise<Fault> {
    await this.namespace.ip("link set eth0 down");
    return faultOf(() => this.#plugIn());
  }

  /** Another network takes over: a new address is there, and the old one goes. */
  async changeAddress(): Promise<void> {
    const old = this.#address;
    await this.#takeAddress();
    await this.namespace.ip(`address delete ${old}/32 dev eth0`);
  }

  /** All that runs stands still, as when a laptop is closed. */
  async freeze(): Promise<Fault> {
    await this.namespace.signal("SIGSTOP");
    return faultOf(() => this.thaw());
  }

  /** Does no harm where nothing is frozen. */
  async thaw(): Promise<void> {
    await this.namespace.signal("SIGCONT");
  }

  /** What the pages run in is killed; the browser itself goes on. */
  async crashTabs(): Promise<void> {
    await this.namespace.signal(
      "SIGKILL",
      (commandLine) => commandLine.includes("--type=renderer"),
    );
  }

  /** Its power is out: not even the kernel can say goodbye. */
  async die(): Promise<void> {
    await this.unplug();
    await this.namespace.signal("SIGKILL");
  }

  /** All that runs is ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.namespace[Symbol.asyncDispose]();
  }

  async #connect(): Promise<void> {
    const { name, port, server } = this.#options;
    await server.ip(`
      link add ${port} type veth peer name eth0 netns ${name}
      link set ${port} master bridge
      link set ${port} addrgenmode none
      link set ${port} up
    `);
    await this.namespace.ip("link set eth0 addrgenmode none");
    await this.#plugIn();
    await this.#takeAddress();
  }

  async #dropBothWays(incoming: Match, outgoing: Match): Promise<Fault> {
    const undo = await Promise.all([
      dropAt(this.namespace, ["-i", "eth0", ...incoming]),
      this.#dropAtServer(outgoing),
    ]);
    return faultOf(() => Promise.all(undo.map((end) => end())));
  }

  #dropAtServer(match: Match): Promise<() => Promise<void>> {
    return dropAt(this.#options.server, ["-s", this.#address, ...match]);
  }

  /** An interface that comes up has its address, but its routes are gone. */
  async #plugIn(): Promise<void> {
    const { gateway } = this.#options;
    await this.namespace.ip(`
      link set eth0 up
      route replace ${gateway} dev eth0
      route replace default via ${gateway}
    `);
  }

  /**
   * The server is told where it is: one that is far away asks a router, which
   * knows, and not the host, which may not hear.
   */
  async #takeAddress(): Promise<void> {
    const { server, nextAddress } = this.#options;
    this.#address = nextAddress();
    await this.namespace.ip(`address add ${this.#address}/32 dev eth0`);
    const mac = await this.namespace.read("/sys/class/net/eth0/address");
    await server.ip(
      `neigh replace ${this.#address} lladdr ${mac.trim()} dev bridge nud permanent`,
    );
  }

  /** Local ports of the connections that there are. */
  async #tcpPorts(): Promise<number[]> {
    const [, ...lines] = (await this.namespace.read("/proc/net/tcp")).trim()
      .split("\n");
    return lines.map((line) => line.trim().split(/\s+/))
      .filter(([, , remote, state]) =>
        state === ESTABLISHED && !remote?.startsWith("0100007F")
      )
      .map(([, local]) => parseInt(local?.split(":")[1] ?? "", 16));
  }
}

/** Before anything in the kernel has looked at the packet. */
async function dropAt(
  namespace: Namespace,
  match: Match,
): Promise<() => Promise<void>> {
  const rule = ["PREROUTING", ...match, "-j", "DROP"];
  await namespace.iptables("-t", "raw", "-A", ...rule);
  return () => namespace.iptables("-t", "raw", "-D", ...rule);
}

function faultOf(undo: () => Promise<unknown>): Fault {
  return {
    async end() {
      // It is well before the program that sees to it has ended.
      const back = Date.now();
      await undo();
      return back;
    },
  };
}
