import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { events, SfuEvent, SfuEventName } from "../../../sfu/methods.ts";
import type { Owner } from "../../../sfu/rpc/handlers.ts";
import { until } from "../../support/until.ts";

type Params<E extends SfuEventName> = z.infer<(typeof events)[E]>;

/** Keeps what it is told. */
export class TestOwner implements Owner {
  readonly id: string;
  readonly events: SfuEvent[] = [];

  constructor(id: string = crypto.randomUUID()) {
    this.id = id;
  }

  send(event: SfuEvent): void {
    this.events.push(event);
  }

  /** The first of its kind with these parameters among its own. */
  heard<E extends SfuEventName>(
    name: E,
    parameters: Partial<Params<E>> = {},
  ): Promise<SfuEvent> {
    const wanted = Object.entries(parameters);
    return until(
      `${name} ${JSON.stringify(parameters)} is heard`,
      () =>
        this.events.find(({ event, params }) =>
          event === name &&
          wanted.every(([key, value]) =>
            isDeepStrictEqual(Reflect.get(params, key), value)
          )
        ),
    );
  }

  /** What closed, in order, as `event cause`. */
  closes(): string[] {
    return this.events.flatMap(({ event, params }) =>
      "cause" in params ? [`${event} ${params.cause}`] : []
    );
  }
}
