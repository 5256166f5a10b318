// The ten lines of the README.
import { Agent, MemoryContextStore } from "axio";
import { CodexTransport } from "axio-transport-codex";
import { connection } from "./environment.ts";

const transport = new CodexTransport(connection);
const agent = new Agent({ system: "You are a helpful assistant.", tools: [], transport });
const context = new MemoryContextStore();
for await (const event of agent.runStream("think about it\nsay Ownership, in short.", { context })) {
  if (event.type === "text-delta") process.stdout.write(event.delta);
}
