import {
  Agent,
  type AgentTool,
  type CompletionTransport,
  defineTool,
  type Guard,
  jsonSchema,
  MemoryContextStore,
  type RunOptions,
  type StreamEvent,
  type Tool,
  type ToolSelector,
} from "axio";

/** The name of the tool. */
export const SUB_AGENT = "sub_agent";

/** The most steps of one task. */
const MAX_STEPS = 50;
/** How many tasks run at once. */
const CONCURRENCY = 4;

/** The agent whose tools a task may use. */
export interface ParentAgent {
  readonly transport: CompletionTransport;
  readonly system: string;
  readonly tools: readonly AgentTool[];
  readonly guards: readonly Guard[];
  readonly selector: ToolSelector | undefined;
  readonly model: Pick<RunOptions, "model" | "reasoning">;
}

const TASK_PROMPT =
  "You carry out one task for another agent. It sees your last message only, so end with everything that it needs: what you found with its places, what you changed, and what you could not do. No user can answer questions.";

/**
 * Creates a tool that gives a task to another agent: with the same tools, guards and permissions, but a conversation of its own.
 * A long search then costs the conversation only its answer. A task cannot start further ones.
 */
export function subAgentTool({ transport, system, tools, guards, selector, model }: ParentAgent): Tool {
  return defineTool({
    name: SUB_AGENT,
    description:
      "Gives a task to another agent that has your tools, but does not see this conversation. Returns its last message. Use it for searches and investigations of many steps, and for independent tasks at once. State all that it needs to know.",
    inputSchema: jsonSchema<{ readonly task: string }>({
      type: "object",
      properties: { task: { type: "string", description: "The task, complete in itself." } },
      required: ["task"],
      additionalProperties: false,
    }),
    concurrency: CONCURRENCY,
    execute: async ({ task }, { signal, emit }) => {
      const agent = new Agent({
        transport,
        system: `${system}\n\n${TASK_PROMPT}`,
        tools: tools.filter(({ name }) => name !== SUB_AGENT),
        guards: [...guards],
        selector,
        maxSteps: MAX_STEPS,
      });
      const stream = agent.runStream(task, { context: new MemoryContextStore(), signal, ...model });
      let answer = "";
      for await (const event of stream) {
        emit(progressOf(event));
        if (event.type === "step-end" && event.stopReason === "tool-use") answer = "";
        if (event.type === "block-end" && event.block.type === "text") answer += event.block.text;
        if (event.type === "run-end" && event.reason !== "end")
          answer += `\n\n[The task ended early: ${event.reason}, after ${event.steps} steps.]`;
      }
      return answer.trim() === "" ? "The agent ended without an answer." : answer.trim();
    },
  });
}

/** Shows which tools a task calls. */
function progressOf(event: StreamEvent): string {
  if (event.type === "block-end" && event.block.type === "tool-use") return `${event.block.name} …\n`;
  if (event.type === "tool-result" && event.result.isError === true) return `${event.name} failed\n`;
  return "";
}
