import { z } from "zod";
import type { Socket } from "../../../rooms/connection.ts";

const Reply = z.object({
  id: z.int().nullable(),
  error: z.object({ code: z.int(), message: z.string() }).optional(),
});

/** A socket that keeps what is done to it; its peer never answers by itself. */
export class FakeSocket implements Socket {
  readonly sent: string[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  terminated = false;
  bufferedAmount = 0;

  send(text: string): void {
    this.sent.push(text);
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The last frame that was sent, read as an answer. */
  get answer(): z.infer<typeof Reply> {
    return Reply.parse(JSON.parse(this.sent.at(-1) ?? "null"));
  }
}
