import { Agent, type AxioError, type Block, type ContextStore, type Guard, type StreamEvent } from "axio";
import { toAxioError } from "axio/internal";
import { type ActiveProvider, modelOptions } from "./active-provider.ts";
import { subAgentTool } from "./sub-agent-tool.ts";
import type { ToolBox } from "./tool-box.ts";

/** Much work is fine, because the user watches and can stop the run. */
const MAX_STEPS = 200;

/** One run of the agent. */
export interface RunRequest {
  readonly blocks: readonly Block[];
  readonly context: ContextStore;
  readonly active: ActiveProvider;
  readonly toolBox: ToolBox;
  /** Guards of the app, before those of plugins. */
  readonly guards?: readonly Guard[] | undefined;
  readonly system: string;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: StreamEvent) => void;
}

/** Runs the agent. Returns the error of the run; `undefined` if it ended or was aborted. */
export async function runAgent(request: RunRequest): Promise<AxioError | undefined> {
  const { blocks, context, active, toolBox, guards = [], system, signal, onEvent } = request;
  try {
    const parent = {
      transport: active.transport,
      system,
      tools: toolBox.tools(),
      guards: [...guards, ...toolBox.guards()],
      selector: toolBox.selector,
    };
    const agent = new Agent({
      ...parent,
      tools:
        parent.tools.length === 0
          ? []
          : [...parent.tools, subAgentTool({ ...parent, model: modelOptions(active) })],
      maxSteps: MAX_STEPS,
    });
    const stream = agent.runStream(blocks, { context, signal, ...modelOptions(active) });
    for await (const event of stream) onEvent(event);
    return undefined;
  } catch (error) {
    const failure = toAxioError(error);
    return failure.code === "aborted" ? undefined : failure;
  }
}
