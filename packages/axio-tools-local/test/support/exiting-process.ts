import { Agent } from "axio";
import { ScriptedTransport, toolAnswer, toolUse } from "axio/testing";
import { localTools } from "../../src/index.ts";

// Usage: DIRECTORY COMMAND. Runs the command, prints its first output, and exits while it is running.
const [directory = "", command = ""] = process.argv.slice(2);
const tools = localTools({ directory, requestPermission: async () => ({ allowed: true }), sandbox: "off" });
const transport = new ScriptedTransport([toolAnswer(toolUse("1", "shell", { command }))]);
for await (const event of new Agent({ transport, tools }).runStream("Go.")) {
  if (event.type !== "tool-output-delta") continue;
  process.stdout.write(event.delta, () => process.exit(0));
}
