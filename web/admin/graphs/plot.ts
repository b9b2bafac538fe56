import uPlot from "uplot";
import type { Drawing, Series, Tone } from "./drawings.ts";

const HEIGHT = 150;
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** One uPlot in one element; made anew where its look must change. */
export class Plot {
  readonly #element: HTMLElement;
  readonly #resizes: ResizeObserver;
  readonly #recolor = () => this.#remake();
  #plot: uPlot | undefined;
  #drawing: Drawing | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#resizes = new ResizeObserver(() =>
      this.#plot?.setSize({ width: element.clientWidth, height: HEIGHT })
    );
    this.#resizes.observe(element);
    DARK.addEventListener("change", this.#recolor);
  }

  draw(drawing: Drawing): void {
    this.#drawing = drawing;
    if (this.#plot === undefined) this.#plot = this.#make(drawing);
    else this.#plot.setData(dataOf(drawing));
  }

  close(): void {
    this.#resizes.disconnect();
    DARK.removeEventListener("change", this.#recolor);
    this.#plot?.destroy();
  }

  #remake(): void {
    this.#plot?.destroy();
    this.#plot = this.#drawing && this.#make(this.#drawing);
  }

  #make(drawing: Drawing): uPlot {
    const colors = colorsOf(this.#element);
    const options: uPlot.Options = {
      width: this.#element.clientWidth,
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: () => rangeOf(this.#drawing ?? drawing) },
        y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
      },
      axes: axesOf(colors),
      series: [{}, ...drawing.series.map((one) => seriesOf(one, colors))],
    };
    return new uPlot(options, dataOf(drawing), this.#element);
  }
}

type Colors = Record<Tone | "line" | "text", string> & { font: string };

function colorsOf(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    good: color("--speaking"),
    doubtful: color("--caution"),
    bad: color("--danger"),
    plain: color("--line-strong"),
    line: color("--line"),
    text: color("--muted"),
    font: `12px ${style.fontFamily}`,
  };
}

const dataOf = ({ times, series }: Drawing): uPlot.AlignedData => [
  [...times],
  ...series.map(({ values }) => [...values]),
];

const rangeOf = ({ from, to }: Drawing): [number, number] => [
  from / 1_000,
  to / 1_000,
];

function axesOf({ line, text, font }: Colors): uPlot.Axis[] {
  const look = { stroke: text, font, ticks: { show: false } };
  const grid = { stroke: line, width: 1 };
  return [
    {
      ...look,
      grid: { show: false },
      size: 26,
      space: 70,
      values: (_, times) => times.map(minuteOf),
    },
    {
      ...look,
      grid,
      size: 40,
      space: 28,
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
    },
  ];
}

const minuteOf = (seconds: number) =>
  new Date(seconds * 1_000).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

function seriesOf({ tone, shape }: Series, colors: Colors): uPlot.Series {
  const color = colors[tone];
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
  if (shape === "line" || bars === undefined) {
    return {
      stroke: color,
      width: 2,
      points: { show: false },
      spanGaps: false,
    };
  }
  return { fill: color, width: 0, paths: bars, points: { show: false } };
}
