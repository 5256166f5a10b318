import { fileURLToPath } from "node:url";
import { AskedProcess } from "../src/asked-process.ts";
import type { ClientOrder, ClientWord } from "./client-process.ts";

const SCRIPT = fileURLToPath(new URL("./dist/client-process.js", import.meta.url));

/** Starts a client in its own process. */
export function startClient(order: ClientOrder): AskedProcess<ClientWord> {
  // pi-ai needs the class WebSocket, which Node 20 hides behind this flag.
  const execArgv = order.client === "pi-ai-websocket" ? ["--experimental-websocket"] : [];
  return new AskedProcess({ name: order.client, script: SCRIPT, order, execArgv });
}
