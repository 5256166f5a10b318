import { AxioError, type StreamEvent } from "axio";

/** A tool call waits for a decision. `DurableAgent.approvals.decide()` decides. */
export interface ApprovalRequestEvent {
  readonly type: "approval-request";
  readonly approvalId: string;
  readonly toolCallId: string;
  readonly name: string;
  readonly question: string;
  /** When the call counts as denied, in Unix milliseconds. Default: never. */
  readonly expiresAt?: number | undefined;
}

/** An event of a durable run. */
export type DurableEvent = StreamEvent | ApprovalRequestEvent;

/** Returns an event as JSON text. */
export function writeEvent(event: DurableEvent): string {
  return JSON.stringify(event);
}

/** Reads an event that `writeEvent()` wrote. Errors become errors again. */
export function readEvent(text: string): DurableEvent {
  const event = JSON.parse(text) as DurableEvent;
  if (event.type !== "error" && event.type !== "retry") return event;
  const { code, message, retryable, retryAfterMs, details } = event.error;
  return { ...event, error: new AxioError(code, message, { retryable, retryAfterMs, details }) };
}
