/**
 * The Node end of the RPC bench: our server and a bare JSON-lines echo, in one
 * process. Takes the secret as argument, says `{"rpc": url, "echo": port}`, and
 * ends with its stdin.
 */
import { createServer, type Server, type Socket } from "node:net";
import { serve } from "../../../sfu/rpc/serve.ts";
import { fakeSidecar } from "../../sfu/rpc/fixtures/handlers.ts";
import { consumed } from "./rpc_payload.ts";

/** Lines in one turn of the event loop are answered by one write. */
function echo(socket: Socket): void {
  let partial = "";
  let out = "";
  const flush = () => {
    socket.write(out);
    out = "";
  };
  socket.setNoDelay(true).setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (partial + chunk).split("\n");
    partial = lines.pop() ?? "";
    for (const line of lines) {
      const { id } = JSON.parse(line);
      if (out === "") queueMicrotask(flush);
      out += JSON.stringify({ id, result: consumed }) + "\n";
    }
  });
  socket.on("error", () => socket.destroy());
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    })
  );
}

const server = await serve({
  endpoints: [{ host: "127.0.0.1", port: 0 }],
  secret: process.argv[2] ?? "",
  handlers: {
    ...fakeSidecar(() => {}).handlers,
    consume: () => Promise.resolve(consumed),
  },
});
const echoServer = createServer(echo);
const port = await listening(echoServer);
console.log(JSON.stringify({ rpc: server.addresses[0], echo: port }));

for await (const _ of process.stdin);
await server.close();
echoServer.close();
