import {
  Agent,
  type AgentStream,
  type AxioError,
  type Block,
  type ContextStore,
  type StreamEvent,
} from "axio";
import { type ActiveTransport, modelOptions } from "./open-transport.ts";
import { toAppError } from "./to-app-error.ts";
import type { ToolBox } from "./tool-box.ts";

/** One run of the agent. */
export interface RunRequest {
  readonly blocks: readonly Block[];
  readonly context: ContextStore;
  readonly open: ActiveTransport;
  readonly toolBox: ToolBox;
  readonly system: string;
  /** Told of the run once it can be stopped. */
  readonly onStart: (stream: AgentStream) => void;
  readonly onEvent: (event: StreamEvent) => void;
}

/** Runs the agent to its end. Gives what made it fail; `undefined` where it came to its end or was stopped. */
export async function runAgent(request: RunRequest): Promise<AxioError | undefined> {
  const { blocks, context, open, toolBox, system, onStart, onEvent } = request;
  try {
    const agent = new Agent({
      transport: open.transport,
      system,
      tools: toolBox.tools(),
      guards: toolBox.guards(),
      selector: toolBox.selector,
      // A person watches and can stop it, so work that takes long may go on.
      maxSteps: 200,
    });
    const stream = agent.runStream(blocks, { context, ...modelOptions(open) });
    onStart(stream);
    for await (const event of stream) onEvent(event);
    return undefined;
  } catch (error) {
    const failure = toAppError(error);
    return failure.code === "aborted" ? undefined : failure;
  }
}
