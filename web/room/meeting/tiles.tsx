import type { ComponentChildren } from "preact";
import type { Person } from "../call/view.ts";
import { useSize } from "../ui/use_size.ts";
import type { Arrangement } from "./arrangement.ts";
import { bestGrid, GAP } from "./grid.ts";
import { Invitation } from "./invitation.tsx";
import { ScreenTile } from "./screen_tile.tsx";
import { Tile } from "./tile.tsx";

type Props = {
  arrangement: Arrangement;
  speaking: ReadonlySet<string>;
  link: string;
};

/** Everyone, as large as the space allows. */
export function Tiles({ arrangement, speaking, link }: Props) {
  const tileOf = (person: Person) => (
    <Tile
      key={person.sessionId}
      person={person}
      speaking={speaking.has(person.sessionId)}
    />
  );
  switch (arrangement.kind) {
    case "alone":
      return (
        <Grid kind="alone" count={2}>
          <Invitation key="invitation" link={link} />
          {tileOf(arrangement.own)}
        </Grid>
      );
    case "duo":
      return (
        <Grid kind="duo" count={1}>
          {tileOf(arrangement.other)}
          {tileOf(arrangement.own)}
        </Grid>
      );
    case "grid":
      return (
        <Grid kind="grid" count={arrangement.people.length}>
          {arrangement.people.map(tileOf)}
        </Grid>
      );
    case "stage":
      return (
        <div class="stage">
          <Grid kind="screens" count={arrangement.sharers.length}>
            {arrangement.sharers.map((person) => (
              <ScreenTile key={person.sessionId} person={person} />
            ))}
          </Grid>
          <ul class="strip" tabIndex={0} aria-label="Participants">
            {arrangement.people.map(tileOf)}
          </ul>
        </div>
      );
  }
}

type GridProps = {
  kind: Exclude<Arrangement["kind"], "stage"> | "screens";
  /** Tiles that share the space; others float above. */
  count: number;
  children: ComponentChildren;
};

function Grid({ kind, count, children }: GridProps) {
  const [element, space] = useSize<HTMLUListElement>();
  const { tile } = bestGrid(count, space);
  const style = {
    "--gap": `${GAP}px`,
    "--tile-width": `${tile.width}px`,
    "--tile-height": `${tile.height}px`,
  };
  const label = kind === "screens" ? "Shared screens" : "Participants";
  return (
    <ul
      ref={element}
      class="grid"
      data-kind={kind}
      style={style}
      aria-label={label}
    >
      {children}
    </ul>
  );
}
