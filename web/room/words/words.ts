/** What the page says: a short title, and what a person can do. */
export type Words = { title: string; text: string };
