/** @module */
import type { z } from "zod";

export type JsonSchema = z.core.JSONSchema.JSONSchema;
/** Of the whole protocol. */
export type ProtocolSchema = JsonSchema & { $defs: Record<string, JsonSchema> };
