import { type Attributes, type Span, SpanKind, trace } from "@opentelemetry/api";
import type { Block, CompletionTransport, StepEndEvent, StreamRequest, TransportEvent, Usage } from "axio";
import { modelId, requestAttributes, responseAttributes } from "./attributes.ts";
import { outputMessages } from "./content.ts";
import { endSpan, errorType, secondsSince } from "./end-span.ts";
import { currentScope, enter, parentContext, type RequestListener, type Scope } from "./scope.ts";
import type { Telemetry } from "./telemetry.ts";

/** The `chat` span of one response, and its metrics. */
export class ChatSpan implements RequestListener {
  readonly #telemetry: Telemetry;
  readonly #transport: CompletionTransport;
  readonly #request: StreamRequest;
  readonly #span: Span;
  readonly #scope: Scope;
  readonly #startedAt: number = performance.now();
  /** The attributes of the metrics. */
  #attributes: Attributes;
  #firstChunk: number | undefined;
  #blocks: Block[] = [];
  #end: StepEndEvent | undefined;
  #errorType: string | undefined;

  constructor(telemetry: Telemetry, transport: CompletionTransport, request: StreamRequest) {
    this.#telemetry = telemetry;
    this.#transport = transport;
    this.#request = request;
    const parent = parentContext();
    const run = currentScope()?.run;
    run?.countRequest();
    const model = modelId(request.model ?? transport.model);
    this.#attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": transport.provider ?? "_OTHER",
      "gen_ai.request.model": model,
    };
    this.#span = telemetry.tracer.startSpan(
      `chat ${model}`,
      {
        kind: SpanKind.CLIENT,
        attributes: { ...this.#attributes, ...requestAttributes(request, telemetry.recordContent) },
      },
      parent,
    );
    this.#scope = { context: trace.setSpan(parent, this.#span), run, request: this };
  }

  /** Continues the response within the span. */
  within<Result>(work: () => Result): Result {
    return enter(this.#scope, work);
  }

  sent(url: string, attempt: number): void {
    const { hostname, port, protocol } = new URL(url);
    const defaultPort = protocol === "https:" || protocol === "wss:" ? 443 : 80;
    const server = { "server.address": hostname, "server.port": port === "" ? defaultPort : Number(port) };
    this.#attributes = { ...this.#attributes, ...server };
    this.#span.setAttributes({ ...server, "axio.attempts": attempt });
  }

  retried(attempt: number, delayMs: number, code: string): void {
    this.#span.addEvent("axio.retry", {
      "axio.attempt": attempt,
      "axio.delay_ms": delayMs,
      "error.type": code,
    });
  }

  refreshed(elapsedMs: number, code: string | undefined): void {
    const now = Date.now();
    const options = { kind: SpanKind.CLIENT, startTime: now - elapsedMs };
    const span = this.#telemetry.tracer.startSpan("axio.refresh", options, this.#scope.context);
    endSpan(span, code);
  }

  /** Events arrived. */
  received(events: readonly TransportEvent[]): void {
    this.#firstChunk ??= secondsSince(this.#startedAt);
    for (const event of events) {
      if (event.type === "step-end") this.#end = event;
      else if (event.type === "retry") this.#blocks = [];
      else if (event.type === "block-end" && this.#telemetry.recordContent) this.#blocks.push(event.block);
    }
  }

  /** The response failed. */
  failed(error: unknown): void {
    this.#errorType = errorType(error);
  }

  /** Nothing more is read. */
  end(): void {
    const end = this.#end;
    const type = this.#errorType ?? (end === undefined ? "aborted" : undefined);
    const { instruments, recordContent } = this.#telemetry;
    this.#nameModel();
    const attributes: Attributes = {
      ...this.#attributes,
      ...(end?.model === undefined ? {} : { "gen_ai.response.model": end.model }),
      ...(type === undefined ? {} : { "error.type": type }),
    };
    if (end !== undefined) this.#span.setAttributes(responseAttributes(end));
    if (this.#firstChunk !== undefined) {
      this.#span.setAttribute("gen_ai.response.time_to_first_chunk", this.#firstChunk);
      instruments.timeToFirstChunk.record(this.#firstChunk, attributes);
    }
    if (recordContent)
      this.#span.setAttribute("gen_ai.output.messages", outputMessages(this.#blocks, end?.stopReason));
    instruments.inferenceDuration.record(secondsSince(this.#startedAt), attributes);
    this.#countTokens(end?.usage, attributes);
    endSpan(this.#span, type);
  }

  /** A transport may choose its model with the first request only. */
  #nameModel(): void {
    const model = modelId(this.#request.model ?? this.#transport.model);
    if (model === this.#attributes["gen_ai.request.model"]) return;
    this.#attributes = { ...this.#attributes, "gen_ai.request.model": model };
    this.#span.setAttribute("gen_ai.request.model", model).updateName(`chat ${model}`);
  }

  #countTokens(usage: Usage | undefined, attributes: Attributes): void {
    if (usage === undefined) return;
    const { instruments } = this.#telemetry;
    // Providers do not break their counts down by modality.
    const all = { ...attributes, "gen_ai.token.modality": "unknown" };
    instruments.inputTokens.add(usage.inputTokens, all);
    instruments.outputTokens.add(usage.outputTokens, all);
    if (usage.cachedInputTokens > 0) instruments.cacheReadTokens.add(usage.cachedInputTokens, all);
    if (usage.cacheWriteTokens) instruments.cacheWriteTokens.add(usage.cacheWriteTokens, all);
    if (usage.reasoningTokens > 0) instruments.reasoningTokens.add(usage.reasoningTokens, all);
  }
}
