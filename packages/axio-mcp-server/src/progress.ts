import type { HeadlessEvent } from "axio-tui/internal";

/** Returns what an event says about the progress of a run, in a few words; `undefined` if that is not worth a message. */
export function progressMessage(event: HeadlessEvent): string | undefined {
  switch (event.type) {
    case "run-start":
      return `${event.provider}: ${event.model}`;
    case "tool-use-start":
      return `Calls ${event.name}`;
    case "hosted-tool-start":
      return `Uses ${event.name}`;
    case "tool-result":
      return event.result.isError === true ? `${event.name} failed` : `${event.name} is done`;
    case "request-retry":
      return `${event.error.message} Retrying (${event.attempt} of ${event.maxRetries}).`;
    case "permission-denied":
      return `Not allowed: ${event.title}`;
    case "notice":
      return event.message;
    case "step-end":
      return event.stopReason === "tool-use" ? undefined : "Answered";
    default:
      return undefined;
  }
}
