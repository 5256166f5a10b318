import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { JsonValue } from "axio";
import { NO_OUTPUT, type ShownOutput } from "./shown-output.ts";

/** A block of the response in progress, as far as the editor has it. */
export interface ShownBlock {
  readonly type: "text" | "reasoning" | "call" | "other";
  /** How many characters of its text were sent. */
  readonly length: number;
  /** The id of the call, for a call. */
  readonly toolCallId?: string | undefined;
}

/** A tool call without a result. */
export interface OpenCall {
  readonly name: string;
  readonly input?: JsonValue | undefined;
  readonly output: ShownOutput;
  readonly isRunning: boolean;
}

/** How far a run has come, as the editor has seen it. Immutable. */
export interface RunProgress {
  /** Makes the ids of messages differ from those of other runs. */
  readonly runId: string;
  /** The number of the response in progress, from 0. The response after a retry has another one. */
  readonly response: number;
  /** The blocks of the response in progress, by index. */
  readonly blocks: ReadonlyMap<number, ShownBlock>;
  /** The calls without a result, by id. */
  readonly calls: ReadonlyMap<string, OpenCall>;
}

/** The facts that updates depend on, in addition to the events. */
export interface UpdateContext {
  /** The working directory of the session, absolute. */
  readonly cwd: string;
  /** The context window of the model in tokens. Default: unknown, so that usage is not reported. */
  readonly contextWindow?: number | undefined;
}

/** The updates for an event, and the progress after it. */
export interface UpdateStep {
  readonly progress: RunProgress;
  readonly updates: readonly SessionUpdate[];
}

/** The progress of a run that has not begun. */
export function startProgress(runId: string): RunProgress {
  return { runId, response: 0, blocks: new Map(), calls: new Map() };
}

/** Returns the progress with a block replaced. */
export function withBlock(progress: RunProgress, index: number, block: ShownBlock): RunProgress {
  return { ...progress, blocks: new Map(progress.blocks).set(index, block) };
}

/** Returns the progress with an open call changed or added. */
export function withCall(progress: RunProgress, id: string, change: Partial<OpenCall>): RunProgress {
  const call = progress.calls.get(id) ?? { name: id, output: NO_OUTPUT, isRunning: false };
  return { ...progress, calls: new Map(progress.calls).set(id, { ...call, ...change }) };
}

/** Returns the progress without open calls. */
export function withoutCalls(progress: RunProgress, ids: Iterable<string>): RunProgress {
  const calls = new Map(progress.calls);
  for (const id of ids) calls.delete(id);
  return { ...progress, calls };
}

/** Returns the progress at the beginning of the next response. */
export function nextResponse(progress: RunProgress): RunProgress {
  return { ...progress, response: progress.response + 1, blocks: new Map() };
}

/** The id of the message that shows a block. */
export function messageId({ runId, response }: RunProgress, index: number): string {
  return `${runId}-${response}-${index}`;
}
