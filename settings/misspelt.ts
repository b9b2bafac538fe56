/** A variable that is no setting, and nearly one: the one that is `meant`. */
export type Misspelt = { readonly name: string; readonly meant: string };

const MAX_EDITS = 2;
/** For each edit, else HOME would be HOST. */
const CHARACTERS = 5;

/** What is less near belongs to other programs, which use the environment too. */
export function misspelt(
  names: readonly string[],
  known: readonly string[],
): Misspelt[] {
  return names.filter((name) => !known.includes(name)).flatMap((name) => {
    const meant = known.find((one) => isNear(name, one));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

export const tellMisspelt = ({ name, meant }: Misspelt): string =>
  `${name} is no setting and changes nothing: is ${meant} meant?`;

function isNear(name: string, known: string): boolean {
  const edits = Math.min(MAX_EDITS, Math.floor(known.length / CHARACTERS));
  if (Math.abs(name.length - known.length) > edits) return false;
  return distance(name, known) <= edits;
}

/** Of Levenshtein: how many characters are added, taken away or changed. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, one] of [...from].entries()) {
    const line = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const [added = 0, removed = 0] = [line[column], above[column + 1]];
      const changed = (above[column] ?? 0) + (one === other ? 0 : 1);
      line.push(Math.min(added + 1, removed + 1, changed));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
