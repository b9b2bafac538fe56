import { useEffect, useRef } from "preact/hooks";
import type { Drawing } from "./drawings.ts";
import { Plot } from "./plot.ts";

type Props = { title: string; drawing: Drawing };

/** A drawing, with its last values in words for who does not see it. */
export function Graph({ title, drawing }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  useEffect(() => {
    if (place.current === null) return;
    const made = plot.current = new Plot(place.current);
    return () => made.close();
  }, []);
  useEffect(() => plot.current?.draw(drawing));
  return (
    <figure class="graph">
      <figcaption>
        <span>{title}</span>
        <span class="keys">
          {drawing.series.map(({ name, tone }) => (
            <span key={name} class="key" data-tone={tone}>{name}</span>
          ))}
        </span>
      </figcaption>
      <div
        ref={place}
        class="plot"
        role="img"
        aria-label={said(title, drawing)}
      />
    </figure>
  );
}

function said(title: string, { series }: Drawing): string {
  const last = series.map(({ name, values }) =>
    `${name}: ${values.at(-1) ?? "not known"}`
  );
  return `${title}. Now ${last.join(", ")}`;
}
