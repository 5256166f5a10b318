import {
  Agent,
  type AxioError,
  type Block,
  type ContextStore,
  type Guard,
  type JsonObject,
  type RunResult,
  type StreamEvent,
} from "axio";
import { toAxioError } from "axio/internal";
import { type ActiveProvider, modelOptions } from "./active-provider.ts";
import { SUB_AGENT, subAgentTool } from "./sub-agent-tool.ts";
import type { ToolBox } from "./tool-box.ts";

/** Much work is fine, because the user watches and can stop the run, or has set a limit. */
const MAX_STEPS = 200;

/** One run of the agent. */
export interface RunRequest extends RunLimits {
  readonly blocks: readonly Block[];
  readonly context: ContextStore;
  readonly active: ActiveProvider;
  readonly toolBox: ToolBox;
  /** Guards of the app, before those of plugins. */
  readonly guards?: readonly Guard[] | undefined;
  readonly system: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with each event. The run waits for a promise that it returns. */
  readonly onEvent: (event: StreamEvent) => void | Promise<void>;
}

/** The limits of a run, and the form of its result. */
export interface RunLimits {
  /** Default: 200. */
  readonly maxSteps?: number | undefined;
  /** Chooses the tools by name. Default: all. */
  readonly hasTool?: ((name: string) => boolean) | undefined;
  /** The JSON Schema of the object that the run must end with. Default: it ends with text. */
  readonly output?: JsonObject | undefined;
}

/** How a run of the agent ended. */
export interface AgentOutcome {
  /** The error of the run. Absent if it ended or was aborted. */
  readonly failure?: AxioError | undefined;
  /** Absent if it failed or was aborted. */
  readonly result?: RunResult | undefined;
  /** The object, if the run had to end with one. */
  readonly object?: JsonObject | undefined;
}

/** Runs the agent. Never throws what went wrong in the run. */
export async function runAgent(request: RunRequest): Promise<AgentOutcome> {
  const { blocks, context, signal, output, maxSteps = MAX_STEPS, onEvent } = request;
  let result: RunResult | undefined;
  try {
    const options = { context, signal, maxSteps, ...modelOptions(request.active) };
    const agent = createAgent(request);
    if (output === undefined) {
      const stream = agent.runStream(blocks, options);
      for await (const event of stream) await onEvent(event);
      return { result: await stream.result() };
    }
    const stream = agent.runStream<JsonObject>(blocks, { ...options, output });
    for await (const event of stream) await onEvent(event);
    result = await stream.result();
    return { result, object: await stream.finalObject() };
  } catch (error) {
    const failure = toAxioError(error);
    return failure.code === "aborted" ? {} : { failure, result };
  }
}

function createAgent({ active, toolBox, guards = [], system, hasTool = () => true }: RunRequest): Agent {
  const parent = {
    transport: active.transport,
    system,
    tools: toolBox.tools().filter(({ name }) => hasTool(name)),
    guards: [...guards, ...toolBox.guards()],
    selector: toolBox.selector,
  };
  const withTasks = parent.tools.length > 0 && hasTool(SUB_AGENT);
  return new Agent({
    ...parent,
    tools: withTasks
      ? [...parent.tools, subAgentTool({ ...parent, model: modelOptions(active) })]
      : parent.tools,
  });
}
