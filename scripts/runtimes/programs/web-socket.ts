// Two prompts over one WebSocket, which does not keep the process alive; then a connection that breaks.
import { Agent, MemoryContextStore } from "axio";
import { CodexTransport } from "axio-transport-codex";
import { connection } from "./environment.ts";

const transport = new CodexTransport({
  ...connection,
  transport: "websocket",
  retry: { maxRetries: 1, baseDelayMs: 1 },
});
const agent = new Agent({ transport });
const context = new MemoryContextStore();
console.log((await agent.run("say One.", { context })).text);
console.log((await agent.run("say Two.", { context })).text);
const broken = "say Three.\nfail reset at=text attempts=1";
console.log((await agent.run(broken, { context })).text);
