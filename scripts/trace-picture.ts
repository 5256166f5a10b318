// Draws docs/pictures/trace.svg from the spans of a run with the simulator.
// Run: npm run pictures:trace

import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Agent, defineTool } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import { traceAgent } from "axio-opentelemetry";
import { startSimulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";

const PICTURE = new URL("../docs/pictures/trace.svg", import.meta.url);
const PROMPT = `How is the weather in Oslo and Bergen?
think I look both up.
call weather {"city":"Oslo"}
call weather {"city":"Bergen"}
then
say It is sunny in Oslo, and it rains in Bergen, as it should.`;

const WIDTH = 960;
const LEFT = 250;
const RIGHT = 90;
const ROW = 30;
const COLORS: Readonly<Record<string, string>> = {
  invoke_agent: "#5b8def",
  chat: "#2fa37c",
  execute_tool: "#d9822b",
};

const spans = await recordRun();
await writeFile(PICTURE, draw(spans));
console.log(`Drew ${spans.length} spans.`);

async function recordRun(): Promise<readonly ReadableSpan[]> {
  await using simulator = await startSimulator({ paceMs: 5 });
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  simulator.faults.add("overloaded");
  using transport = new CodexTransport({
    model: "gpt-5.5",
    credentials: new MemoryCredentialStore(simulator.issueCredentials()),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
    retry: { baseDelayMs: 50 },
  });
  const weather = defineTool({
    name: "weather",
    description: "Returns the weather of a city.",
    inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    execute: async ({ city }) => {
      await wait(city === "Oslo" ? 120 : 200);
      return city === "Oslo" ? "Sunny" : "Rain";
    },
  });
  const options = traceAgent({ transport, tools: [weather] }, { agentName: "helper", tracerProvider });
  await new Agent(options).run(PROMPT);
  return exporter.getFinishedSpans().toSorted((left, right) => startOf(left) - startOf(right));
}

function draw(all: readonly ReadableSpan[]): string {
  const first = Math.min(...all.map(startOf));
  const total = Math.max(...all.map((span) => startOf(span) + durationOf(span))) - first;
  const scale = (WIDTH - LEFT - RIGHT) / total;
  const rows = all.map((span, index) => drawRow(span, { y: 16 + index * ROW, first, scale }));
  const height = 32 + all.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-monospace, monospace" font-size="13" role="img" aria-label="The spans of a run as bars over time">
<rect width="${WIDTH}" height="${height}" rx="8" fill="#12161d"/>
${rows.join("\n")}
</svg>
`;
}

function drawRow(
  span: ReadableSpan,
  { y, first, scale }: { readonly y: number; readonly first: number; readonly scale: number },
): string {
  const kind = String(span.attributes["gen_ai.operation.name"]);
  const x = LEFT + (startOf(span) - first) * scale;
  const width = Math.max(durationOf(span) * scale, 2);
  const indent = span.parentSpanContext === undefined ? 16 : 34;
  const retries = span.events.map(({ time }) => {
    const at = LEFT + (milliseconds(time) - first) * scale;
    return `<circle cx="${at.toFixed(1)}" cy="${y + 13}" r="4" fill="#ffffff"><title>retry</title></circle>`;
  });
  return [
    `<text x="${indent}" y="${y + 17}" fill="#e6e9ef">${span.name}</text>`,
    `<rect x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="18" rx="3" fill="${COLORS[kind] ?? "#888888"}"/>`,
    ...retries,
    `<text x="${(x + width + 8).toFixed(1)}" y="${y + 17}" fill="#9aa4b2">${durationOf(span).toFixed(0)} ms</text>`,
  ].join("");
}

function startOf(span: ReadableSpan): number {
  return milliseconds(span.startTime);
}

function durationOf(span: ReadableSpan): number {
  return milliseconds(span.duration);
}

function milliseconds([seconds, nanoseconds]: ReadableSpan["startTime"]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
