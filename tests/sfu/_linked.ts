/**
 * A link whose calls are promises, and that keeps the events of its routers.
 *
 * @module
 */
import type { CallOptions, SfuLink } from "../../sfu/link.ts";
import type { SfuMethod, SfuParams, SfuResult } from "../../sfu/methods.ts";
import { type ConnectOptions, connectSfu } from "../../sfu/rpc/connect.ts";
import { RpcError } from "../../sfu/rpc/rpc_error.ts";
import { until } from "../support/until.ts";
import { TestOwner } from "./sidecar/_owner.ts";

export class Linked implements Disposable {
  readonly link: SfuLink;
  readonly owner = new TestOwner();
  /** Whether the sidecar was a new one, each time the link came up. */
  readonly ups: boolean[] = [];

  constructor(
    { url, secret, ca }: Pick<ConnectOptions, "url" | "secret" | "ca">,
  ) {
    this.link = connectSfu({ url, secret, ...(ca !== undefined && { ca }) });
    this.link.onState((state, fresh) => state === "up" && this.ups.push(fresh));
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions = { epoch: 1 },
  ): Promise<SfuResult<M>> {
    return new Promise((resolve, reject) => {
      this.link.call(method, params, options, (reply) => {
        if (reply.ok) resolve(reply.result);
        else reject(new RpcError(reply.status, reply.message));
      });
    });
  }

  async createRouter(): Promise<SfuResult<"createRouter">> {
    const made = await this.call("createRouter", { label: "test" });
    this.hear(made.routerId);
    return made;
  }

  hear(routerId: string): void {
    this.link.subscribe(routerId, (event) => this.owner.send(event));
  }

  async up(times: number): Promise<void> {
    await until(
      `the link came up ${times} times`,
      () => this.ups.length >= times,
    );
  }

  [Symbol.dispose](): void {
    this.link.close();
  }
}
