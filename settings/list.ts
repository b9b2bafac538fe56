/** @module */
import { setting } from "./env.ts";

export const listed = (text: string): string[] =>
  text.split(",").map((part) => part.trim());

/** Of items with commas between; `read` gives undefined for one that is wrong. */
export const list = <T>(
  allowed: string,
  read: (item: string) => T | undefined,
) =>
  setting(`${allowed}, with commas between`, (text) => {
    const items = listed(text).map(read);
    return items.every((item) => item !== undefined) ? items : undefined;
  });
