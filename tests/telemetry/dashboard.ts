/**
 * What the Grafana dashboard asks.
 *
 * @module
 */
import { z } from "zod";

const Dashboard = z.object({
  panels: z.array(z.object({
    title: z.string(),
    targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() }))
      .default([]),
  })),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
});

export type Query = {
  readonly panel: string;
  readonly expr: string;
  /** Labels that the legend shows. */
  readonly shown: readonly string[];
};

export type Asked = {
  readonly panels: readonly Query[];
  readonly annotations: readonly string[];
};

export async function readDashboard(): Promise<Asked> {
  const path = new URL("../../deploy/grafana/holdfast.json", import.meta.url);
  const text = await Deno.readTextFile(path);
  const { panels, annotations } = Dashboard.parse(JSON.parse(text));
  return {
    panels: panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, legendFormat }) => ({
        panel: title,
        expr,
        shown: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)]
          .map(([, label = ""]) => label),
      }))
    ),
    annotations: annotations.list.map(({ expr }) => expr),
  };
}

/** As Grafana sends it, with `All` chosen as the instance. */
export const asSent = (expr: string) =>
  expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*");
