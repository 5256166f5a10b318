import { Agent, AxioError, defineTool, MemoryContextStore, type Message, type StreamEvent } from "axio";
import type { AnthropicSimulator } from "axio-simulator";
import { allClosed, bodiesOf, transportTo } from "../support/simulator.ts";

/** How often a call is retried at most. */
export const MAX_RETRIES = 2;

/** Places in a response at which a fault occurs: in the place of the response, and after some of its text. */
export type Place = "before" | "text";

/** The result of a run of two steps, in whose first response a fault occurs. */
export interface FaultRun {
  /** In a few words: `ok`, `retries overloaded`, `fails usage-limit`. */
  readonly outcome: string;
  readonly text: string;
  readonly events: readonly StreamEvent[];
  readonly history: readonly Message[];
  readonly requests: number;
  readonly toolRuns: number;
}

/** Runs an agent of two steps with a fault in the first attempt, or in every one. */
export async function runFault(
  simulator: AnthropicSimulator,
  name: string,
  place: Place,
  attempts: "first" | "all",
): Promise<FaultRun> {
  let toolRuns = 0;
  const lookup = defineTool({
    name: "lookup",
    description: "Looks up.",
    inputSchema: { type: "object", properties: { q: { type: "string" } } },
    execute: () => {
      toolRuns += 1;
      return "found";
    },
  });
  const retries: string[] = [];
  const isSilent = name.startsWith("stall");
  using transport = transportTo(simulator, {
    model: "claude-sonnet-5-5",
    retry: { maxRetries: MAX_RETRIES },
    idleTimeoutMs: isSilent ? 200 : 30_000,
    responseTimeoutMs: isSilent ? 200 : 30_000,
    onRetry: ({ error }) => retries.push(error.code),
  });
  const before = bodiesOf(simulator).length;
  const context = new MemoryContextStore();
  const events: StreamEvent[] = [];
  let failure: AxioError | undefined;
  const limit = attempts === "first" ? " attempts=1" : "";
  const prompt = [
    "think Let me look around here",
    "say Looking around for it",
    'call lookup {"q":"a needle"}',
    `fail ${name}${limit}${place === "text" ? " at=text" : ""}`,
    "then",
    "say It was {{result 1}} at last",
  ].join("\n");
  const agent = new Agent({ transport, system: "You are a test.", tools: [lookup] });
  let text = "";
  try {
    const stream = agent.runStream(prompt, { context });
    for await (const event of stream) events.push(event);
    ({ text } = await stream.result());
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    failure = error;
  }
  simulator.faults.clear();
  transport.close();
  await allClosed(simulator);
  const retried = retries.length === 0 ? [] : [`retries ${[...new Set(retries)].join(", ")}`];
  const outcome = [...retried, ...(failure === undefined ? [] : [`fails ${failure.code}`])];
  return {
    outcome: outcome.length === 0 ? "ok" : outcome.join(", "),
    text,
    events,
    history: await context.history(),
    requests: bodiesOf(simulator).length - before,
    toolRuns,
  };
}
