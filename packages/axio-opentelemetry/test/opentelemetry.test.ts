import { readdir, readFile } from "node:fs/promises";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Agent, defineTool, type Tool } from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { type AgentTelemetryOptions, traceAgent, traceTransport } from "axio-opentelemetry";
import { codexTransport } from "test-support/codex-transport";
import { expect, onTestFinished, test } from "vitest";

interface Recorder {
  readonly options: AgentTelemetryOptions;
  readonly spans: () => readonly ReadableSpan[];
  readonly metrics: () => Promise<ReadonlyMap<string, { count: number; attributes: object }[]>>;
}

function record(options: AgentTelemetryOptions = {}): Recorder {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 1e6 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => meterProvider.shutdown());
  return {
    options: { tracerProvider, meterProvider, agentName: "helper", ...options },
    spans: () => exporter.getFinishedSpans(),
    metrics: async () => {
      await reader.forceFlush();
      const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
      return new Map(
        all
          .flatMap(({ metrics }) => metrics)
          .map(({ descriptor, dataPointType, dataPoints }) => [
            descriptor.name,
            dataPoints.map(({ value, attributes }) => ({
              count:
                dataPointType === DataPointType.HISTOGRAM
                  ? (value as { count: number }).count
                  : Number(value),
              attributes,
            })),
          ]),
      );
    },
  };
}

function weatherTool(execute: () => string | Promise<string>): Tool {
  return defineTool({
    name: "weather",
    description: "Returns the weather.",
    inputSchema: { type: "object", properties: { city: { type: "string" } } },
    execute,
  });
}

const weather = weatherTool(() => "Sunny");

const PROMPT = 'call weather {"city":"Oslo"}\nthen\nsay It is {{result 1}}';

function byName(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const span = spans.find((candidate) => candidate.name === name);
  if (span === undefined) throw new Error(`No span ${name} in ${spans.map((each) => each.name).join(", ")}.`);
  return span;
}

test("a run with a tool is one trace: the run, two responses and the tool call", async () => {
  const { transport, simulator } = await codexTransport();
  const recorder = record();
  const agent = new Agent(traceAgent({ transport, tools: [weather] }, recorder.options));
  expect((await agent.run(PROMPT)).text).toContain("Sunny");
  const spans = recorder.spans();
  const run = byName(spans, "invoke_agent helper");
  expect(spans.map(({ name }) => name).sort()).toEqual([
    "chat gpt-5.5",
    "chat gpt-5.5",
    "execute_tool weather",
    "invoke_agent helper",
  ]);
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  for (const span of spans)
    if (span !== run) expect(span.parentSpanContext?.spanId).toBe(run.spanContext().spanId);
  expect([run.kind, byName(spans, "chat gpt-5.5").kind]).toEqual([SpanKind.INTERNAL, SpanKind.CLIENT]);
  expect(run.attributes).toMatchObject({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "helper",
    "gen_ai.provider.name": "openai",
    "gen_ai.conversation.id": expect.any(String),
    "axio.steps": 2,
  });
  expect(byName(spans, "chat gpt-5.5").attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-5.5",
    "gen_ai.response.model": "gpt-5.5",
    "gen_ai.response.finish_reasons": ["tool_call"],
    "gen_ai.usage.input_tokens": expect.any(Number),
    "gen_ai.response.time_to_first_chunk": expect.any(Number),
    "server.address": "127.0.0.1",
    "server.port": Number(new URL(simulator.origin).port),
    "axio.attempts": 1,
  });
  expect(byName(spans, "execute_tool weather").attributes).toMatchObject({
    "gen_ai.tool.name": "weather",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": expect.any(String),
  });
});

test("metrics count tokens, durations, requests and tool calls", async () => {
  const { transport } = await codexTransport();
  const recorder = record();
  const agent = new Agent(traceAgent({ transport, tools: [weather] }, recorder.options));
  const { usage } = await agent.run(PROMPT);
  const metrics = await recorder.metrics();
  const total = (name: string): number =>
    (metrics.get(name) ?? []).reduce((sum, { count }) => sum + count, 0);
  expect(total("gen_ai.client.inference.usage.input_tokens")).toBe(usage.inputTokens);
  expect(total("gen_ai.client.inference.usage.output_tokens")).toBe(usage.outputTokens);
  expect(total("gen_ai.client.inference.duration")).toBe(2);
  expect(total("gen_ai.client.inference.time_to_first_chunk")).toBe(2);
  expect(total("gen_ai.execute_tool.duration")).toBe(1);
  expect(total("gen_ai.invoke_agent.duration")).toBe(1);
  expect(metrics.get("gen_ai.invoke_agent.duration")?.[0]?.attributes).toEqual({
    "gen_ai.agent.name": "helper",
  });
});

test("content is recorded only if it is asked for", async () => {
  const { transport } = await codexTransport();
  const silent = record();
  const open = record({ recordContent: true });
  for (const { options } of [silent, open])
    await new Agent(traceAgent({ transport, system: "Be brief.", tools: [weather] }, options)).run(PROMPT);
  const told = JSON.stringify(silent.spans().map(({ attributes, events }) => [attributes, events]));
  expect(told).not.toMatch(/Oslo|Sunny|Be brief/);
  const chat = byName(open.spans(), "chat gpt-5.5");
  expect(JSON.parse(String(chat.attributes["gen_ai.input.messages"]))).toEqual([
    { role: "user", parts: [{ type: "text", content: PROMPT }] },
  ]);
  expect(JSON.parse(String(chat.attributes["gen_ai.output.messages"]))).toMatchObject([
    {
      role: "assistant",
      finish_reason: "tool_call",
      parts: expect.arrayContaining([
        { type: "tool_call", id: expect.any(String), name: "weather", arguments: { city: "Oslo" } },
      ]),
    },
  ]);
  const tool = byName(open.spans(), "execute_tool weather");
  expect(tool.attributes["gen_ai.tool.call.result"]).toBe("Sunny");
  const secrets = JSON.stringify(open.spans().map(({ attributes, events }) => [attributes, events]));
  expect(secrets).not.toMatch(/eyJ|Bearer/);
});

test("a retry is an event of its response", async () => {
  const { transport, simulator } = await codexTransport();
  simulator.faults.add("overloaded");
  const recorder = record();
  const traced = traceTransport(transport, recorder.options);
  for await (const _event of traced.stream({ system: "", messages: hello(), tools: [] }));
  const [span] = recorder.spans();
  expect(span?.attributes["axio.attempts"]).toBe(2);
  expect(span?.events.map(({ name, attributes }) => [name, attributes?.["error.type"]])).toEqual([
    ["axio.retry", "overloaded"],
  ]);
});

test("a refresh of the credentials is a span below its response", async () => {
  const { transport } = await codexTransport({ lifetimeSeconds: -10 });
  const recorder = record();
  const traced = traceTransport(transport, recorder.options);
  for await (const _event of traced.stream({ system: "", messages: hello(), tools: [] }));
  const chat = byName(recorder.spans(), "chat gpt-5.5");
  expect(byName(recorder.spans(), "axio.refresh").parentSpanContext?.spanId).toBe(chat.spanContext().spanId);
});

test("a failure is the code of its error in spans and metrics", async () => {
  const { transport, simulator } = await codexTransport();
  simulator.faults.add("usage_limit_reached");
  const recorder = record();
  await expect(new Agent(traceAgent({ transport }, recorder.options)).run("say Hi")).rejects.toThrow();
  for (const span of recorder.spans()) {
    expect(span.attributes["error.type"]).toBe("usage-limit");
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
  }
  const metrics = await recorder.metrics();
  expect(metrics.get("gen_ai.client.inference.duration")).toMatchObject([
    { count: 1, attributes: { "error.type": "usage-limit" } },
  ]);
});

test("a run that is left ends its spans as aborted", async () => {
  const transport = new ScriptedTransport([textAnswer("Hello")]);
  const recorder = record();
  for await (const event of new Agent(traceAgent({ transport }, recorder.options)).runStream("say Hello"))
    if (event.type === "text-delta") break;
  expect(recorder.spans().map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
    [`chat ${transport.model.id}`, "aborted"],
    ["invoke_agent helper", "aborted"],
  ]);
});

test("a tool that throws has an error in its span, and the run goes on", async () => {
  const { transport } = await codexTransport();
  const recorder = record();
  const broken = weatherTool(() => Promise.reject(new TypeError("No.")));
  const agent = new Agent(traceAgent({ transport, tools: [broken] }, recorder.options));
  await agent.run('call weather {"city":"Oslo"}\nthen\nsay Done');
  expect(byName(recorder.spans(), "execute_tool weather").attributes["error.type"]).toBe("TypeError");
  expect(byName(recorder.spans(), "invoke_agent helper").status.code).toBe(SpanStatusCode.UNSET);
});

test("with a context manager, spans of the caller and of tools join the trace", async () => {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
  const { transport } = await codexTransport();
  const recorder = record();
  const tracer = recorder.options.tracerProvider?.getTracer("test");
  const query = weatherTool(() => {
    tracer?.startSpan("query").end();
    return "Sunny";
  });
  const agent = new Agent(traceAgent({ transport, tools: [query] }, recorder.options));
  await tracer?.startActiveSpan("request", async (span) => {
    await agent.run(PROMPT);
    span.end();
  });
  const spans = recorder.spans();
  const parentOf = (name: string): string | undefined => byName(spans, name).parentSpanContext?.spanId;
  expect(parentOf("query")).toBe(byName(spans, "execute_tool weather").spanContext().spanId);
  expect(parentOf("invoke_agent helper")).toBe(byName(spans, "request").spanContext().spanId);
  expect(trace.getActiveSpan()).toBeUndefined();
});

function hello() {
  return [{ role: "user", content: [{ type: "text", text: "say Hello" }] }] as const;
}

test("the page of observability names each span, event and attribute of ours", async () => {
  const sources = new URL("../src/", import.meta.url);
  const files = (await readdir(sources)).map((name) => readFile(new URL(name, sources), "utf8"));
  const names = (await Promise.all(files)).flatMap((text) => text.match(/(?<=")axio\.[a-z_]+(?=")/g) ?? []);
  const page = await readFile(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test("a response and its run have the model that the transport chose with the first request", async () => {
  const recorder = record();
  const transport = new ScriptedTransport([textAnswer("Hello.")]);
  const stream = transport.stream.bind(transport);
  let model = "first";
  Object.defineProperty(transport, "model", { get: () => model });
  transport.stream = (request) => {
    model = "chosen";
    return stream(request);
  };
  await new Agent(traceAgent({ transport }, recorder.options)).run("Hi");
  expect(recorder.spans().map(({ name }) => name)).toEqual(["chat chosen", "invoke_agent helper"]);
  for (const { attributes } of recorder.spans()) expect(attributes["gen_ai.request.model"]).toBe("chosen");
});
