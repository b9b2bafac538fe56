import { colourOf, initials } from "../names.ts";

export function Avatar({ name }: { name: string }) {
  return (
    <span class="avatar" data-colour={colourOf(name)} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
