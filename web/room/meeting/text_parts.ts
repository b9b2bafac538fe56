/** `href` where the part is a link. */
export type TextPart = { text: string; href: string | undefined };

/** Trailing punctuation belongs to the sentence, not to the link. */
const LINK = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/g;

/** Cuts a text into plain parts and web links. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const [link] = match;
    if (!URL.canParse(link)) continue;
    if (match.index > end) {
      parts.push({ text: text.slice(end, match.index), href: undefined });
    }
    parts.push({ text: link, href: link });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: undefined });
  return parts;
}
