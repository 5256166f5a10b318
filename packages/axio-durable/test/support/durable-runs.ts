import { type CompletionTransport, defineTool, type Guard, type Message, type Tool } from "axio";
import { MemoryRunStore } from "axio/runs";
import {
  type ScriptedAnswer,
  ScriptedTransport,
  textAnswer,
  textBlock,
  toolAnswer,
  toolUse,
} from "axio/testing";
import {
  DurableAgent,
  type DurableAgentOptions,
  type DurableStore,
  LeaseEngine,
  type ObservedEvent,
} from "axio-durable";
import { expect, onTestFinished } from "vitest";

interface Setup extends Partial<DurableAgentOptions> {
  readonly answers: readonly ScriptedAnswer[];
}

/** An agent over a store in memory. Each call is another process with the same store. */
export function createAgent(store: DurableStore, { answers, ...options }: Setup): DurableAgent {
  const transport: CompletionTransport = new ScriptedTransport(answers);
  // A database needs longer, above all on a slow machine.
  const isInMemory = store.runs instanceof MemoryRunStore;
  const lease = isInMemory ? { leaseMs: 300, pollMs: 10 } : { leaseMs: 1_500, pollMs: 50 };
  const engine = new LeaseEngine(store.runs, lease);
  return new DurableAgent({ transport, store, engine, ...options });
}

export function work(agent: DurableAgent): () => Promise<void> {
  const worker = agent.work();
  onTestFinished(() => worker.close());
  return () => worker.close();
}

export async function collect(
  agent: DurableAgent,
  runId: string,
  after?: string,
): Promise<readonly ObservedEvent[]> {
  const events: ObservedEvent[] = [];
  for await (const event of agent.observe(runId, { after })) events.push(event);
  return events;
}

export function textOf(events: readonly ObservedEvent[]): string {
  return events.map(({ event }) => (event.type === "text-delta" ? event.delta : "")).join("");
}

export async function historyOf(store: DurableStore, conversationId: string): Promise<readonly Message[]> {
  return (await store.open(conversationId)).history();
}

export async function untilWaiting(agent: DurableAgent, runId: string): Promise<void> {
  await expect
    .poll(async () => (await agent.run(runId))?.status, { interval: 5, timeout: 20_000 })
    .toBe("waiting");
}

export function sendTool(sent: unknown[], options: Partial<Tool> = {}): Tool {
  const tool = defineTool({
    name: "send",
    description: "Sends.",
    inputSchema: { type: "object", properties: { to: { type: "string" } } },
    execute: (input) => {
      sent.push(input);
      return "sent";
    },
  });
  return { ...tool, ...options };
}

/** A response that is stuck after a text, until its request is aborted. */
export function stuckAfter(text: string): ScriptedAnswer {
  return async function* ({ signal }) {
    yield* textBlock(text);
    await new Promise((_resolve, reject) =>
      signal?.addEventListener("abort", () => reject(new Error("The connection was closed."))),
    );
  };
}

export const asking: Guard = ({ input }) => ({ action: "ask", question: `Send ${JSON.stringify(input)}?` });
export const toolScript = [toolAnswer(toolUse("c", "send", { to: "ada" })), textAnswer("All done.")];
