import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { eventually } from "./eventually.ts";
import { TempFolder } from "./files.ts";

const DEPLOYED = new URL("../../deploy/prometheus/", import.meta.url);

const Sample = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string()]),
});
const Answer = z.object({
  status: z.literal("success"),
  data: z.object({ result: z.array(Sample) }),
});
const Listening = z.object({
  msg: z.literal("Listening on"),
  address: z.string(),
});

export type Series = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** A real one, with the configuration and the rules of `deploy/`. */
export class Prometheus implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #folder: TempFolder;
  readonly #read: Promise<void>;
  #log = "";

  private constructor(bin: string, folder: TempFolder) {
    this.#folder = folder;
    this.#process = new Deno.Command(bin, {
      args: [
        `--config.file=${join(folder.path, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder.path, "data")}`,
        "--web.listen-address=127.0.0.1:0",
        "--log.format=json",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#read = this.#follow();
  }

  /** `target`: the address of a service, such as `127.0.0.1:40123`. */
  static async start(bin: string, target: string): Promise<Prometheus> {
    await using stack = new AsyncDisposableStack();
    const folder = await TempFolder.make();
    await configure(folder, target);
    const prometheus = stack.use(new Prometheus(bin, folder));
    await eventually(async () => {
      const response = await fetch(`${prometheus.url}/-/ready`);
      assert.equal(response.status, 200, await response.text());
    });
    stack.move();
    return prometheus;
  }

  get url(): string {
    for (const line of this.#log.split("\n").slice(0, -1)) {
      const { success, data } = Listening.safeParse(JSON.parse(line));
      if (success) return `http://${data.address}`;
    }
    throw new Error(`Prometheus does not listen:\n${this.#log}`);
  }

  /** Goes on with another one, as if it was the same. */
  async follow(target: string): Promise<void> {
    await configure(this.#folder, target);
    this.#process.kill("SIGHUP");
  }

  /** What is so now, by PromQL. */
  async query(query: string): Promise<Series[]> {
    const body = await this.get("query", { query });
    return Answer.parse(body).data.result.map(({ metric, value }) => ({
      labels: metric,
      value: Number(value[1]),
    }));
  }

  /** @throws {Error} unless it answers 200. */
  async get(path: string, params: Record<string, string> = {}) {
    const search = new URLSearchParams(params);
    const response = await fetch(`${this.url}/api/v1/${path}?${search}`);
    const text = await response.text();
    assert.equal(response.status, 200, `${text} ${JSON.stringify(params)}`);
    const body: unknown = JSON.parse(text);
    return body;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await Promise.all([this.#process.status, this.#read]);
    await this.#folder[Symbol.asyncDispose]();
  }

  async #follow(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of this.#process.stderr) {
      this.#log += decoder.decode(part, { stream: true });
    }
  }
}

/** As deployed, but for where and how often. */
async function configure(folder: TempFolder, target: string): Promise<void> {
  const read = (name: string) => Deno.readTextFile(new URL(name, DEPLOYED));
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(folder.path, name), text);
  const config = [
    ['["127.0.0.1:8080"]', `["${target}"]\n        labels: { instance: one }`],
    ["scrape_interval: 15s", "scrape_interval: 1s"],
    ["evaluation_interval: 15s", "evaluation_interval: 1s"],
  ].reduce((text, [from = "", to = ""]) => {
    assert.ok(text.includes(from), `${from} is not in the sample`);
    return text.replace(from, to);
  }, await read("prometheus.yml"));
  await write("prometheus.yml", config);
  await write("alerts.yml", await read("alerts.yml"));
}
