import { resolveNode } from "../../../sfu/node.ts";
import { Program } from "./program.ts";

/** A program of this folder, run by Node. */
export class NodeProgram extends Program {
  static async start(
    file: string,
    args: string[],
    env: Record<string, string> = {},
    entrance: readonly string[] = [],
  ): Promise<NodeProgram> {
    const node = await resolveNode();
    const program = new URL(file, import.meta.url).pathname;
    const command = [...entrance, node.bin, program, ...args];
    return new NodeProgram(command, { ...env, NODE_ENV: "production" });
  }
}
