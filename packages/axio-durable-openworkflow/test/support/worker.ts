import { appendFileSync } from "node:fs";
import { defineTool, type ToolEffect } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { DurableAgent } from "axio-durable";
import { OpenWorkflowEngine } from "axio-durable-openworkflow";
import { openPostgres, PostgresSessions } from "axio-postgres";

// Usage: DATABASE FILE [kill]. Continues runs. With "kill", it kills itself when both tools have begun.
const [connection = "", file = "", kill] = process.argv.slice(2);
let begun = 0;

const tool = (effect: ToolEffect): ReturnType<typeof defineTool> =>
  defineTool({
    name: `do_${effect}`,
    description: "Adds a line to a file.",
    inputSchema: { type: "object", properties: {} },
    effect,
    execute: (_input, { idempotencyKey }) => {
      appendFileSync(file, `${effect} ${idempotencyKey}\n`);
      begun += 1;
      if (kill !== undefined && begun === 2) process.kill(process.pid, "SIGKILL");
      return kill === undefined ? `did ${effect}` : new Promise<string>(() => undefined);
    },
  });

const calls = toolAnswer(toolUse("call-none", "do_none", {}), toolUse("call-once", "do_once", {}));
const database = await openPostgres({ connection });
const sessions = new PostgresSessions(database);
const engine = await OpenWorkflowEngine.connect(sessions.runs, { connection });
const agent = new DurableAgent({
  transport: new ScriptedTransport(kill === undefined ? [textAnswer("Done.")] : [calls]),
  tools: [tool("none"), tool("once")],
  store: sessions,
  engine,
});
agent.work();
