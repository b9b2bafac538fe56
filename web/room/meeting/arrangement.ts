import type { Person } from "../call/view.ts";

/** Who is shown how. */
export type Arrangement =
  /** Waiting for the first other: one's own tile beside an invitation. */
  | { kind: "alone"; own: Person }
  /** Two people: the other fills the space, one's own tile floats. */
  | { kind: "duo"; other: Person; own: Person }
  | { kind: "grid"; people: Person[] }
  /** Shared screens are large, people in a strip beside them. */
  | { kind: "stage"; sharers: Person[]; people: Person[] };

/** `people` is everyone, oneself last; the last speaker leads the strip. */
export function arrange(
  people: Person[],
  speaker: string | undefined,
): Arrangement {
  const sharers = people.filter(({ screen }) => screen !== undefined);
  if (sharers.length > 0) {
    return { kind: "stage", sharers, people: speakerFirst(people, speaker) };
  }
  const [first, second] = people;
  if (first !== undefined && second === undefined) {
    return { kind: "alone", own: first };
  }
  if (first !== undefined && second !== undefined && people.length === 2) {
    return { kind: "duo", other: first, own: second };
  }
  return { kind: "grid", people };
}

function speakerFirst(people: Person[], speaker: string | undefined): Person[] {
  const leads = (person: Person) =>
    person.sessionId === speaker && !person.isOwn;
  return [...people.filter(leads), ...people.filter((one) => !leads(one))];
}
