import {
  type Attributes,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { type EndMessage, onDiagnostic, type RequestMessage } from "../diagnostics.ts";

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /** Creates the spans. Default: the global provider. */
  readonly tracerProvider?: TracerProvider | undefined;
}

/**
 * Creates an OpenTelemetry span for every call of every transport, named `chat {model}` as in the GenAI conventions, with the
 * model, the token counts and the stop reason, and an event for each retry and for the first event of a response. Prompts and
 * responses are not recorded.
 *
 * The conventions are in development (semantic conventions 1.37, `gen_ai.*`), so names may change.
 *
 * @returns The function that stops it.
 *
 * @example
 * ```ts
 * import { instrument } from "axio-transport-kit/otel";
 *
 * const stop = instrument();
 * ```
 */
export function instrument({ tracerProvider = trace }: InstrumentOptions = {}): () => void {
  const tracer = tracerProvider.getTracer("axio");
  const spans = new Map<number, Span>();
  const stops = [
    onDiagnostic("axio:request", (message) => {
      const { call, model } = message;
      if (spans.has(call)) return;
      const attributes = requestAttributes(message);
      spans.set(call, tracer.startSpan(`chat ${model}`, { kind: SpanKind.CLIENT, attributes }));
    }),
    onDiagnostic("axio:first-event", ({ call, attempt, elapsedMs }) => {
      spans.get(call)?.addEvent("axio.first_event", {
        "axio.attempt": attempt,
        "axio.elapsed_ms": elapsedMs,
      });
    }),
    onDiagnostic("axio:retry", ({ call, attempt, delayMs, code }) => {
      spans.get(call)?.addEvent("axio.retry", {
        "axio.attempt": attempt,
        "axio.delay_ms": delayMs,
        "error.type": code,
      });
    }),
    onDiagnostic("axio:refresh", ({ elapsedMs, code }) => {
      const now = Date.now();
      const span = tracer.startSpan("axio.refresh", { kind: SpanKind.CLIENT, startTime: now - elapsedMs });
      if (code !== undefined) fail(span, code);
      span.end(now);
    }),
    onDiagnostic("axio:end", (message) => {
      const span = spans.get(message.call);
      if (span === undefined) return;
      spans.delete(message.call);
      span.setAttributes(endAttributes(message));
      if (message.code !== undefined) fail(span, message.code);
      span.end();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const span of spans.values()) span.end();
    spans.clear();
  };
}

function requestAttributes({ model, url, conversationId }: RequestMessage): Attributes {
  const { hostname, port, protocol } = new URL(url);
  const defaultPort = protocol === "https:" ? 443 : 80;
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": model,
    "server.address": hostname,
    "server.port": port === "" ? defaultPort : Number(port),
    "gen_ai.conversation.id": conversationId,
  };
}

function endAttributes(message: EndMessage): Attributes {
  const { attempts, usage, stopReason, responseId, responseModel } = message;
  return {
    "axio.attempts": attempts,
    "gen_ai.response.finish_reasons": stopReason === undefined ? undefined : [stopReason],
    "gen_ai.response.id": responseId,
    "gen_ai.response.model": responseModel,
    "gen_ai.usage.input_tokens": usage?.inputTokens,
    "gen_ai.usage.output_tokens": usage?.outputTokens,
  };
}

function fail(span: Span, code: string): void {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}
