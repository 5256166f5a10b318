// An own tool and the tools for files and commands.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, defineTool } from "axio";
import { localTools } from "axio-tools-local";
import { CodexTransport } from "axio-transport-codex";
import { connection, DIRECTORY } from "./environment.ts";

writeFileSync(join(DIRECTORY, "notes.txt"), "The code word is heron.\n");
const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  inputSchema: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
  execute: ({ a, b }) => String(Number(a) + Number(b)),
});
const local = localTools({ directory: DIRECTORY, requestPermission: async () => ({ allowed: true }) });
const agent = new Agent({ transport: new CodexTransport(connection), tools: [add, ...local] });
const prompt = [
  'call add {"a":1,"b":2}',
  'call search_files {"pattern":"code (word) is (?<bird>.*)\\\\."}',
  'call shell {"command":"tr a-z A-Z < notes.txt"}',
  "then",
  "say {{result 1}} | {{result 2}} | {{result 3}}",
].join("\n");
console.log((await agent.run(prompt)).text);
