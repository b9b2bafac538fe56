import { CopyLink } from "../ui/copy_link.tsx";

/** Takes the place of the others until someone comes. */
export function Invitation({ link }: { link: string }) {
  return (
    <li class="tile invitation">
      <h2>You are the first one here</h2>
      <p>Send this link to those you want to talk to.</p>
      <output class="link">{link.replace(/^https?:\/\//, "")}</output>
      <CopyLink link={link} label="Copy link" />
    </li>
  );
}
