import { useEffect, useState } from "preact/hooks";
import { CheckIcon, LinkIcon } from "./icons.tsx";

type Copied = "not yet" | "copied" | "refused";

/** Copies the link to the room, and says so for a while. */
export function CopyLink({ link, label }: { link: string; label: string }) {
  const [copied, setCopied] = useState<Copied>("not yet");
  useEffect(() => {
    if (copied === "not yet") return;
    const timer = setTimeout(() => setCopied("not yet"), 2_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied("copied");
    } catch {
      setCopied("refused");
    }
  };
  return (
    <button
      type="button"
      class="copy"
      title={link}
      onClick={() => void copy()}
    >
      {copied === "copied" ? <CheckIcon /> : <LinkIcon />}
      <span aria-live="polite">{wordFor(copied, label)}</span>
    </button>
  );
}

function wordFor(copied: Copied, label: string): string {
  if (copied === "copied") return "Link copied";
  return copied === "refused" ? "Copy it from the address bar" : label;
}
