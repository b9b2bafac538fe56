/**
 * What a scrape answers, read.
 *
 * @module
 */
import assert from "node:assert/strict";

export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export class Exposition {
  /** Of each metric, by its name. */
  readonly types = new Map<string, string>();
  readonly samples: Sample[] = [];

  constructor(text: string) {
    for (const line of text.split("\n").filter(Boolean)) {
      const [, name = "", type = ""] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name) this.types.set(name, type);
      if (!line.startsWith("#")) this.samples.push(sampleOf(line));
    }
  }

  static async of(origin: string): Promise<Exposition> {
    const response = await fetch(`${origin}/metrics`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return new Exposition(text);
  }

  /** The value of one sample; 0: there is none. */
  value(name: string, labels: Record<string, string> = {}): number {
    const found = this.samples.filter((sample) =>
      sample.name === name &&
      Object.entries(labels).every(([key, value]) =>
        sample.labels[key] === value
      )
    );
    assert.ok(found.length <= 1, `${found.length} of ${name}`);
    return found[0]?.value ?? 0;
  }

  /** Of a sample's name, whatever its metric adds to it. */
  has(name: string): boolean {
    if (this.types.has(name)) return true;
    const base = name.replace(/_(bucket|sum|count)$/, "");
    return this.types.get(base) === "histogram";
  }
}

function sampleOf(line: string): Sample {
  const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  assert.ok(match, `not a sample: ${line}`);
  const [, name = "", labels = "", value = ""] = match;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
    value: Number(value),
  };
}
