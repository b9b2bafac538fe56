import { useEffect, useRef } from "preact/hooks";

/** The heading of what is looked at; gets the focus when that changes. */
export function Title({ text }: { text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} · Holdfast operations`;
    heading.current?.focus({ preventScroll: true });
  }, [text]);
  return <h1 ref={heading} tabIndex={-1}>{text}</h1>;
}
