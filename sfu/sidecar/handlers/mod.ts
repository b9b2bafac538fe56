/**
 * All methods of the table.
 *
 * @module
 */
import type { Handlers } from "../../rpc/handlers.ts";
import { consumerHandlers } from "./consumers.ts";
import { dataHandlers } from "./data.ts";
import { pipeHandlers } from "./pipes.ts";
import { producerHandlers } from "./producers.ts";
import { routerHandlers } from "./routers.ts";
import type { Services } from "./services.ts";
import { transportHandlers } from "./transports.ts";

export function createHandlers(services: Services): Handlers {
  return {
    ...routerHandlers(services),
    ...transportHandlers(services),
    ...producerHandlers(services),
    ...consumerHandlers(services),
    ...dataHandlers(services),
    ...pipeHandlers(services),
  } satisfies Handlers;
}
