import { Agent, MemoryContextStore } from "axio";
import { ScriptedTransport, toolAnswer, toolUse } from "axio/testing";
import { localTools } from "../../src/index.ts";

// A process that has a command run, FOLDER COMMAND, and exits while it does. The command's first line on stdout.
const [folder = "", command = ""] = process.argv.slice(2);
const tools = localTools({ folder, ask: async () => ({ allowed: true }) });
const transport = new ScriptedTransport([toolAnswer(toolUse("1", "shell", { command }))]);
for await (const event of new Agent({ transport, tools }).runStream("Go.", new MemoryContextStore())) {
  if (event.type !== "tool-output-delta") continue;
  process.stdout.write(event.delta, () => process.exit(0));
}
