import {
  addUsage,
  type Block,
  type ContextStore,
  type MemoryContextStore,
  NO_USAGE,
  type StreamEvent,
  userMessage,
} from "axio";
import { toAxioError } from "axio/internal";
import type { SqliteContextStore } from "axio-context-sqlite";
import { type ActiveProvider, activeModel, supportedEffort } from "../conversation/active-provider.ts";
import type { Compactions } from "../conversation/compactions.ts";
import { type AgentOutcome, type RunLimits, type RunRequest, runAgent } from "../conversation/run-agent.ts";
import { folderInstructions, systemPrompt } from "../conversation/system-prompt.ts";
import type { ToolBox } from "../conversation/tool-box.ts";
import { watchedRun } from "../conversation/watched-run.ts";
import { suggestRules } from "../permissions/suggest-rules.ts";
import type { FileHistory } from "../snapshots/file-history.ts";
import type { AnswerRequest } from "./answer-requests.ts";
import { addToAnswer, answerText, NO_ANSWER } from "./answer-text.ts";
import type { EventChannel } from "./event-channel.ts";
import type { HeadlessEvent, PermissionDeniedEvent, RunStartEvent } from "./headless-event.ts";
import { SteeredStore } from "./steered-store.ts";
import type { Workspace } from "./workspace.ts";

/** Changes of the system prompt. */
export interface SystemOptions {
  /** Replaces the whole of it. Default: that of the app. */
  readonly replacement?: string | undefined;
  /** Added at its end. */
  readonly addition?: string | undefined;
}

/** Everything that one run needs. */
export interface HeadlessRun extends RunLimits {
  readonly workspace: Workspace;
  readonly active: ActiveProvider;
  readonly toolBox: ToolBox;
  readonly onRequest?: AnswerRequest | undefined;
  readonly system?: SystemOptions | undefined;
  /** The conversation, if it is not stored. */
  readonly memory: MemoryContextStore;
  /** Returns the session. `undefined` if the conversation is not stored. */
  readonly begin: () => Promise<SqliteContextStore | undefined>;
  readonly files: FileHistory | undefined;
  readonly compactions: Compactions | undefined;
  readonly channel: EventChannel<HeadlessEvent>;
  /** Returns what the user has added since the last call. */
  readonly takeAdded: () => readonly Block[];
  readonly signal: AbortSignal;
}

/** Runs the agent for a prompt, and passes the events to the channel, `result` last. Never throws. */
export async function runHeadless(prompt: readonly Block[], run: HeadlessRun): Promise<void> {
  const { channel, active } = run;
  const startedAt = performance.now();
  const denied: PermissionDeniedEvent[] = [];
  const unlisten = listen(run, denied);
  let [answer, usage, steps] = [NO_ANSWER, NO_USAGE, 0];
  let outcome: AgentOutcome = {};
  let session: SqliteContextStore | undefined;
  const onEvent = (event: StreamEvent): Promise<void> => {
    answer = addToAnswer(answer, event);
    if (event.type === "run-end") {
      usage = addUsage(usage, event.usage);
      steps += event.steps;
    }
    return channel.put(event);
  };
  try {
    session = await run.begin();
    channel.push(startEvent(run, session));
    const warning = effortWarning(active);
    if (warning !== undefined) channel.push({ type: "notice", level: "warning", message: warning });
    await run.toolBox.open();
    for (let blocks = prompt; blocks.length > 0; blocks = takeAdded(run)) {
      outcome = await runOnce(run, session, blocks, onEvent);
      if (outcome.result === undefined) break;
    }
  } catch (error) {
    outcome = { failure: toAxioError(error) };
  }
  unlisten();
  const { failure, result, object } = outcome;
  channel.push({
    type: "result",
    sessionId: session?.id,
    provider: active.name,
    model: activeModel(active).id,
    endReason: result?.endReason ?? (failure === undefined ? "aborted" : "error"),
    text: result?.text ?? answerText(answer),
    object,
    usage,
    steps,
    durationMs: Math.round(performance.now() - startedAt),
    denied,
    error: failure,
  });
}

/** Passes notices, retries and denials to the channel. Returns a function that ends it. */
function listen({ workspace, channel }: HeadlessRun, denied: PermissionDeniedEvent[]): () => void {
  const { notices, permissions } = workspace;
  const ends = [
    notices.listen(({ from, warning }) =>
      channel.push({ type: "notice", level: "warning", message: toAxioError(warning).message, from }),
    ),
    notices.listenForRetries((retry) => channel.push({ type: "request-retry", ...retry })),
    workspace.listenForDenials((request) => {
      const rules = suggestRules(request.subject, permissions.rules.current());
      const event: PermissionDeniedEvent = { type: "permission-denied", ...request, rules };
      denied.push(event);
      channel.push(event);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function startEvent(
  { workspace, active }: HeadlessRun,
  session: SqliteContextStore | undefined,
): RunStartEvent {
  const model = activeModel(active);
  return {
    type: "run-start",
    sessionId: session?.id,
    cwd: workspace.cwd,
    provider: active.name,
    model: model.id,
    effort: supportedEffort(model, active.effort) ?? model.defaultEffort,
    profile: active.profile,
  };
}

/** Says that the model lacks the effort that the user selected. */
function effortWarning(active: ActiveProvider): string | undefined {
  const { effort } = active;
  const { id, efforts = [] } = activeModel(active);
  if (effort === undefined || efforts.includes(effort)) return undefined;
  const choices = efforts.length === 0 ? "It has none." : `Choose one of: ${efforts.join(", ")}.`;
  return `The model ${id} does not have the reasoning effort ${JSON.stringify(effort)}. ${choices}`;
}

async function runOnce(
  run: HeadlessRun,
  session: SqliteContextStore | undefined,
  blocks: readonly Block[],
  onEvent: RunRequest["onEvent"],
): Promise<AgentOutcome> {
  const { active, toolBox, signal, memory, files, maxSteps, hasTool, output } = run;
  const request = {
    blocks,
    active,
    toolBox,
    system: systemText(run),
    signal,
    maxSteps,
    hasTool,
    output,
    onEvent,
  };
  if (session === undefined || files === undefined)
    return runAgent({ ...request, context: new SteeredStore(memory, () => takeAdded(run)) });
  await session.checkpoint([userMessage(blocks)]);
  const context = new SteeredStore(storeOf(run, session), () => takeAdded(run));
  return watchedRun({ ...request, session, files, context });
}

function storeOf({ workspace, compactions, active }: HeadlessRun, session: SqliteContextStore): ContextStore {
  const isAutomatic = workspace.settings.current.autoCompact && compactions !== undefined;
  return isAutomatic ? compactions.automatic(session, active) : session;
}

function takeAdded({ takeAdded, channel }: HeadlessRun): readonly Block[] {
  const blocks = takeAdded();
  if (blocks.length > 0) channel.push({ type: "prompt-added", blocks });
  return blocks;
}

function systemText({
  workspace,
  toolBox,
  hasTool = () => true,
  onRequest,
  system = {},
}: HeadlessRun): string {
  const text =
    system.replacement ??
    systemPrompt({
      directory: workspace.cwd,
      hasTools: toolBox.tools().some(({ name }) => hasTool(name)),
      instructions: folderInstructions(workspace.folder),
      mode: workspace.permissions.mode,
      isUnattended: onRequest === undefined,
    });
  return system.addition === undefined ? text : `${text}\n\n${system.addition}`;
}
