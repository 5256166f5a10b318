import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, onTestFinished, test } from "vitest";
import { instrument } from "../src/otel/index.ts";
import { asking, collect, connection, failureOf, simulate, transportTo } from "./support.ts";

function observe(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const stop = instrument({ tracerProvider });
  onTestFinished(stop);
  return exporter;
}

test("a call is a span of the GenAI conventions, and a retry is an event of it", async () => {
  const simulator = await simulate();
  const exporter = observe();
  simulator.faults.add("overloaded");
  await collect(transportTo(simulator).stream(asking("say Hello", { conversationId: "c1" })));
  const [span, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect([span?.name, span?.kind, span?.status.code]).toEqual([
    "chat gpt-5.5",
    SpanKind.CLIENT,
    SpanStatusCode.UNSET,
  ]);
  expect(span?.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5.5",
    "gen_ai.response.model": "gpt-5.5",
    "gen_ai.response.finish_reasons": ["end"],
    "gen_ai.conversation.id": "c1",
    "gen_ai.usage.input_tokens": expect.any(Number),
    "gen_ai.usage.output_tokens": expect.any(Number),
    "server.address": "127.0.0.1",
    "server.port": Number(new URL(simulator.origin).port),
    "axio.attempts": 2,
  });
  expect(span?.events.map(({ name, attributes }) => [name, attributes?.["error.type"]])).toEqual([
    ["axio.retry", "overloaded"],
    ["axio.first_event", undefined],
  ]);
});

test("a failed call is a span with the code of its error", async () => {
  const simulator = await simulate();
  const exporter = observe();
  simulator.faults.add("usage_limit_reached");
  await failureOf(collect(transportTo(simulator).stream(asking("say Hi"))));
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes["error.type"]).toBe("usage-limit");
  expect(span?.status.code).toBe(SpanStatusCode.ERROR);
});

test("a refresh is a span of its own", async () => {
  const simulator = await simulate();
  const exporter = observe();
  const tokens = simulator.issueCredentials({ lifetimeSeconds: -10 });
  await collect(transportTo(simulator, connection(simulator, tokens)).stream(asking("say Hi")));
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["axio.refresh", "chat gpt-5.5"]);
});

test("no spans are created after the stop", async () => {
  const simulator = await simulate();
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  instrument({ tracerProvider })();
  await collect(transportTo(simulator).stream(asking("say Hi")));
  expect(exporter.getFinishedSpans()).toEqual([]);
});
