import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { AxioError } from "axio";

/** The `error.type` of an error: the code of an `AxioError`, or the name of another one. */
export function errorType(error: unknown): string {
  if (AxioError.is(error)) return error.code;
  return error instanceof Error ? error.name : "_OTHER";
}

/** Ends a span. Its status is an error if there is an `error.type`. The message of the error is not recorded: it may quote content. */
export function endSpan(span: Span, type?: string): void {
  if (type !== undefined) {
    span.setAttribute("error.type", type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: type });
  }
  span.end();
}

/** The seconds since a time of `performance.now()`. */
export function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
