import type { News } from "./listener.ts";

/** Media is recovered only while signaling is `healthy` (MD5). */
export type SignalingHealth = "healthy" | "suspected" | "lost" | "ended";

export const healthAfter: { readonly [T in News["type"]]?: SignalingHealth } = {
  suspected: "suspected",
  spoke: "healthy",
  lost: "lost",
  resumed: "healthy",
  rejoined: "healthy",
  ended: "ended",
};
