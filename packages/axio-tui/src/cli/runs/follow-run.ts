import { EXIT, escapeControls, escapeLine } from "axio-cli/internal";
import { type DurableEvent, observeRun } from "axio-durable";
import type { CommandContext } from "../../host/io.ts";
import type { OpenRunStore } from "./open-run-store.ts";
import type { RunsInvocation } from "./runs-invocation.ts";

/** `axio runs follow`: the text goes to standard output, everything else to standard error. Ctrl-C does not stop the run. */
export async function followRun(
  store: OpenRunStore,
  { id, after, json }: RunsInvocation,
  { io, out, err }: CommandContext,
): Promise<number> {
  let code: number = EXIT.failed;
  for await (const observed of observeRun(store, id, { after, signal: io.signal })) {
    const { event } = observed;
    if (event.type === "run-end" && event.reason !== "error" && event.reason !== "aborted") code = EXIT.ok;
    if (json) {
      await out.json(observed);
      continue;
    }
    const { text, note } = describeEvent(event, out.isTerminal);
    if (text !== undefined) await out.write(escapeControls(text));
    if (note !== undefined) await err.line(escapeLine(note));
  }
  return io.signal.aborted ? EXIT.interrupted : code;
}

/**
 * Describes an event.
 *
 * @param isLive Whether text is shown as it arrives. A program that reads it gets complete blocks, so that nothing is repeated
 *   when a worker is lost.
 */
export function describeEvent(
  event: DurableEvent,
  isLive: boolean,
): { readonly text?: string; readonly note?: string } {
  switch (event.type) {
    case "text-delta":
      return isLive ? { text: event.delta } : {};
    case "block-end":
      if (event.block.type === "text") return { text: isLive ? "\n" : `${event.block.text}\n` };
      return event.block.type === "tool-use"
        ? { note: `→ ${event.block.name} ${JSON.stringify(event.block.input)}` }
        : {};
    case "tool-output-delta":
      return { note: `… ${event.name}: ${event.delta.trimEnd()}` };
    case "tool-result":
      return { note: `${event.result.isError === true ? "✗" : "✓"} ${event.name}` };
    case "approval-request":
      return {
        note: `? ${event.question}\n  axio runs approve ${event.approvalId}\n  axio runs deny ${event.approvalId}`,
      };
    case "retry":
      return { note: `${event.error.message} The answer begins again.` };
    case "error":
      return { note: event.error.message };
    case "run-end":
      return { note: `The run has ended: ${event.reason}.` };
    default:
      return {};
  }
}
