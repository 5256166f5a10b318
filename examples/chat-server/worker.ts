import { createAgent } from "./agent.ts";
import { createTransport, openStore } from "./setup.ts";

// Continues runs until the web server ends or says so, then gives them back.
const store = await openStore();
const worker = createAgent(store, createTransport()).work();
let isClosing = false;
const close = async (): Promise<void> => {
  if (isClosing) return;
  isClosing = true;
  await worker.close();
  await store[Symbol.asyncDispose]();
  process.exit();
};
for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.on(event, () => void close());
// The web server may have ended while this process started.
if (!process.connected) await close();
