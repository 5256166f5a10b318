import { Agent, AxioError, defineTool, MemoryContextStore, messageText } from "axio";
import { CodexTransport, type CodexTransportOptions } from "axio-transport-codex";
import { randomNumbers } from "./random-numbers.ts";

/** A fault of a call, and the error code of its run; none if the run recovers. */
interface PlannedFault {
  readonly line: string;
  readonly code?: string;
}

const FAULTS: readonly PlannedFault[] = [
  { line: "fail eof at=text attempts=1" },
  { line: "fail reset at=text attempts=1" },
  { line: "fail overloaded attempts=1" },
  { line: "fail failed:slow_down at=text attempts=1" },
  { line: "fail rate_limit_ms attempts=1 retry-after-ms=1" },
  { line: "fail garbage_json at=text attempts=1" },
  { line: "fail unauthorized attempts=1" },
  { line: "fail bad_gateway attempts=1,2" },
  { line: "fail usage_limit_reached", code: "usage-limit" },
  { line: "fail failed:context_length_exceeded at=text", code: "context-length" },
];

/** Options of {@link soak}. */
export interface SoakOptions {
  readonly runs: number;
  readonly atOnce: number;
  /** The share of faulty calls, from 0 to 1. */
  readonly faulty: number;
  /** Transport options that lead to the simulator. */
  readonly connection: CodexTransportOptions;
  /** Called after each run with the number of finished runs. */
  readonly onRun?: (done: number) => void | Promise<void>;
}

/** The result of a soak. */
export interface SoakResult {
  readonly runs: number;
  readonly faults: number;
  /** Descriptions of the runs that ended unexpectedly. */
  readonly problems: readonly string[];
}

/** Runs agents with two calls and a tool concurrently. A share of the calls is faulty, deterministically. */
export async function soak({ runs, atOnce, faulty, connection, onRun }: SoakOptions): Promise<SoakResult> {
  const random = randomNumbers(42);
  const transport = new CodexTransport({ model: "gpt-5.5", retry: { baseDelayMs: 1 }, ...connection });
  const plans = Array.from({ length: runs }, (_, run) =>
    [2 * run, 2 * run + 1].map((call) => (isStruck(call, faulty) ? pick(random) : undefined)),
  );
  const problems: string[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < runs; index = next++) {
      const problem = await runOnce(transport, index, plans[index] ?? []);
      if (problem !== undefined) problems.push(`run ${index}: ${problem}`);
      done += 1;
      await onRun?.(done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { runs, faults: plans.flat().filter((fault) => fault !== undefined).length, problems };
}

async function runOnce(
  transport: CodexTransport,
  index: number,
  [first, second]: readonly (PlannedFault | undefined)[],
): Promise<string | undefined> {
  let toolRuns = 0;
  const lookup = defineTool({
    name: "lookup",
    description: "Looks up.",
    inputSchema: { type: "object", properties: {} },
    execute: () => {
      toolRuns += 1;
      return `found ${index}`;
    },
  });
  const prompt = [
    "think Let me look around here",
    "say Looking around for it",
    `call lookup {"q":"needle ${index}"}`,
    ...(first === undefined ? [] : [first.line]),
    "then",
    "say It was {{result 1}} at last",
    ...(second === undefined ? [] : [second.line]),
  ].join("\n");
  const context = new MemoryContextStore();
  const expected = first?.code ?? second?.code;
  const code = await new Agent({ transport, tools: [lookup] }).run(prompt, { context }).then(
    () => undefined,
    (error: unknown) => (AxioError.is(error) ? error.code : String(error)),
  );
  if (code !== expected) return `ended with ${code ?? "an answer"} and not ${expected ?? "an answer"}`;
  const texts = (await context.history()).slice(1).map(messageText).filter(Boolean).join(" | ");
  const whole = ["Looking around for it", `It was found ${index} at last`];
  const stored = first?.code !== undefined ? [] : second?.code !== undefined ? whole.slice(0, 1) : whole;
  if (texts !== stored.join(" | ")) return `the history holds ${JSON.stringify(texts)}`;
  return toolRuns === (first?.code === undefined ? 1 : 0) ? undefined : `the tool ran ${toolRuns} times`;
}

/** Spreads the faults evenly, so that exactly this share of the calls is faulty. */
function isStruck(call: number, faulty: number): boolean {
  return Math.floor((call + 1) * faulty) > Math.floor(call * faulty);
}

function pick(random: () => number): PlannedFault | undefined {
  return FAULTS[Math.floor(random() * FAULTS.length)];
}
