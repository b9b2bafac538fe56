/**
 * The OpenAPI document, out of the routes and their schemas.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AdminEnv } from "./operator.ts";

/** Where the API is to be found. */
export const ADMIN_PATH = "/admin/v1";

const DESCRIPTION = `
What operators of Holdfast see and do.

Every request carries an access token with the grant \`admin\`; its claim \`room\`
says which rooms it is for (\`*\`: all of them, and the service itself). What is
wrong is told as problem details (RFC 9457). Lists come in pages: pass
\`nextPageToken\` as \`pageToken\` until there is none. Writes take an
\`Idempotency-Key\`: when the same is sent again within an hour, it is done once
and answered the same, by the same process while it lives. Times are
milliseconds since 1970.
`.trim();

const tags = [
  { name: "service", description: "The service as a whole" },
  { name: "rooms", description: "Rooms and what they allow" },
  { name: "participants", description: "Who is in a room" },
  { name: "bans", description: "Who is kept out of a room" },
  { name: "events", description: "What happens, live" },
  { name: "webhooks", description: "Webhooks that were given up" },
];

export type OpenApiDocument = ReturnType<
  OpenAPIHono<AdminEnv>["getOpenAPI31Document"]
>;

/** To be called once for an API, when all its routes are there. */
export function documentOf(api: OpenAPIHono<AdminEnv>): OpenApiDocument {
  api.openAPIRegistry.registerComponent("securitySchemes", "operator", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token with the grant `admin`",
  });
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Holdfast admin API",
      version: "1",
      description: DESCRIPTION,
    },
    servers: [{ url: ADMIN_PATH }],
    tags,
  });
}
