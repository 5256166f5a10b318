import type { AgentTool, CompletionTransport, ContextStore, Guard, ToolSelector } from "axio";
import type { RequestSettings } from "axio/internal";
import type { RunStore } from "axio/runs";
import type { HeldRun } from "./engine.ts";
import type { RunEvents } from "./event-writer.ts";

/** The agent of a worker, looked up for each claim, so that a new version of a program continues a waiting run. */
export interface DriverAgent extends Omit<RequestSettings, "toolChoice" | "outputFormat"> {
  readonly transport: CompletionTransport;
  readonly tools: readonly AgentTool[];
  readonly guards: readonly Guard[];
  readonly selector: ToolSelector | undefined;
  /** How often workers may be lost with a run between two steps. */
  readonly maxAttempts: number;
  /** Whether a run waits until a usage limit resets, or fails. */
  readonly onUsageLimit: "fail" | "wait";
}

/** Everything that continues one claimed run. */
export interface DriverInput extends HeldRun {
  readonly agent: DriverAgent;
  readonly runs: RunStore;
  readonly context: ContextStore;
  readonly events: RunEvents;
  /** Waits until the events so far are stored. */
  readonly flush: () => Promise<void>;
}

/** Thrown when a write was refused because another worker has the run. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";

  constructor(runId: string) {
    super(`Another worker has the run ${runId}.`);
  }
}

/** @throws LeaseLostError if a write was refused. */
export function assertHeld(runId: string, isWritten: unknown): void {
  if (isWritten === undefined || isWritten === false) throw new LeaseLostError(runId);
}
