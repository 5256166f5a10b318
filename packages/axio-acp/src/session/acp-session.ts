import type {
  PromptResponse,
  SessionConfigOption,
  SessionModeState,
  SessionUpdate,
} from "@agentclientprotocol/sdk";
import type { Block } from "axio";
import type { SessionDatabase, SqliteContextStore } from "axio-context-sqlite";
import {
  Compactor,
  describeCompaction,
  escapedText,
  type HeadlessConversation,
  leftOutLine,
  type ModelChoice,
  type PendingRequest,
  type PermissionAnswer,
  type PermissionMode,
  Providers,
  type ResultEvent,
  storedDiffs,
  suggestRules,
} from "axio-tui/internal";
import { availableCommands, readPrompt } from "../requests/commands.ts";
import {
  configOptions,
  modeState,
  readChoice,
  readMode,
  type SessionChoices,
} from "../requests/config-options.ts";
import { askingCall, chosenAnswer, permissionOptions } from "../requests/permission-options.ts";
import { endedRun } from "../requests/stop-reason.ts";
import { historyUpdates } from "../updates/history-updates.ts";
import { startProgress, type UpdateContext } from "../updates/run-progress.ts";
import { runUpdates, usageUpdates } from "../updates/run-updates.ts";
import type { Editor } from "./editor.ts";

/** How long the models of the account may take, in milliseconds. */
const MODELS_TIMEOUT_MS = 10_000;
const LONGEST_TITLE = 80;

/** The state of a session that editors show. */
export interface ShownState {
  readonly modes: SessionModeState;
  readonly configOptions: SessionConfigOption[];
}

/** The parts of a session. */
export interface AcpSessionOptions {
  readonly conversation: HeadlessConversation;
  readonly store: SqliteContextStore;
  readonly database: SessionDatabase;
  readonly editor: Editor;
  /** Whether the session has a prompt already. */
  readonly hasTitle: boolean;
}

/** One conversation with an editor. */
export class AcpSession {
  readonly #conversation: HeadlessConversation;
  readonly #store: SqliteContextStore;
  readonly #database: SessionDatabase;
  readonly #editor: Editor;
  readonly #closing = new AbortController();
  #models: readonly ModelChoice[] = [];
  #runs = 0;
  #hasTitle: boolean;

  constructor({ conversation, store, database, editor, hasTitle }: AcpSessionOptions) {
    this.#conversation = conversation;
    this.#store = store;
    this.#database = database;
    this.#editor = editor;
    this.#hasTitle = hasTitle;
  }

  get id(): string {
    return this.#store.id;
  }

  /** The working directory, absolute. */
  get cwd(): string {
    return this.#conversation.workspace.cwd;
  }

  /** The modes and the options, which an editor shows as pickers. */
  shownState(): ShownState {
    const choices = this.#choices();
    return { modes: modeState(choices.mode), configOptions: configOptions(choices) };
  }

  /** Sends what a new session has to say: the commands, what of the folder is not used, the models of all accounts. */
  async announce(): Promise<void> {
    const { workspace } = this.#conversation;
    await this.#editor.update([
      {
        sessionUpdate: "available_commands_update",
        availableCommands: availableCommands(workspace.folder.commands),
      },
    ]);
    const leftOut = leftOutLine(workspace.opened);
    if (leftOut !== undefined) await this.#editor.notice({ severity: "warning", title: leftOut });
    await this.#listModels();
  }

  /** Shows the stored conversation. */
  async replay(): Promise<void> {
    const { cwd } = this.#conversation.workspace;
    const [messages, notes] = [await this.#store.history(), await this.#store.notes()];
    await this.#editor.update(historyUpdates({ messages, diffs: storedDiffs(notes), cwd }));
    await this.#editor.update(usageUpdates(await this.#store.tokenCount(), this.#context()));
  }

  /**
   * Answers a prompt. Resolves when all updates are sent.
   *
   * @throws AxioError why the run failed.
   */
  async prompt(prompt: readonly Block[], signal: AbortSignal): Promise<PromptResponse> {
    const read = readPrompt(prompt, this.#conversation.workspace.folder.commands);
    if (read.type === "compact") return this.#compact(signal);
    const result = await this.#run(read.blocks, signal);
    await this.#showTitle(read.blocks);
    if (result.error !== undefined) throw result.error;
    const { endReason } = result;
    if (endReason === "error") throw new Error("The run failed for an unknown reason.");
    const { stopReason, note } = endedRun(endReason);
    if (note !== undefined) await this.#say(note);
    return { stopReason };
  }

  /** Stops the run in progress. */
  cancel(): void {
    this.#conversation.stop();
  }

  /** @throws RequestError if there is no such mode. */
  async setMode(modeId: string): Promise<void> {
    this.#useMode(readMode(modeId));
    await this.#showOptions();
  }

  /**
   * Changes an option. Returns all options: those of the reasoning effort depend on the model.
   *
   * @throws RequestError if there is no such option or value; AxioError if the provider cannot be used.
   */
  async setOption(configId: string, value: string | boolean): Promise<SessionConfigOption[]> {
    const choice = readChoice(configId, value, this.#choices());
    switch (choice.type) {
      case "mode":
        this.#useMode(choice.mode);
        await this.#editor.update([{ sessionUpdate: "current_mode_update", currentModeId: choice.mode }]);
        break;
      case "model": {
        const { provider, profile, model } = choice.choice;
        await this.#conversation.select({ provider, profile, model: model?.id });
        break;
      }
      case "effort":
        await this.#conversation.select({ effort: choice.effort });
        break;
    }
    return configOptions(this.#choices());
  }

  /** Ends the run in progress and frees the tools. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#conversation.close();
  }

  async #run(blocks: readonly Block[], signal: AbortSignal): Promise<ResultEvent> {
    this.#runs += 1;
    let progress = startProgress(`${this.id.slice(0, 8)}-${Date.now().toString(36)}-${this.#runs}`);
    const context = this.#context();
    for await (const event of this.#conversation.run(blocks, { signal })) {
      switch (event.type) {
        case "result":
          return event;
        case "notice":
          await this.#editor.notice({ severity: event.level, title: event.message });
          break;
        case "request-retry":
          await this.#editor.notice({
            severity: "warning",
            title: `${event.error.message} Retrying (${event.attempt} of ${event.maxRetries}).`,
          });
          break;
        case "run-start":
        case "permission-denied":
        case "prompt-added":
          break;
        default: {
          const step = runUpdates(progress, event, context);
          progress = step.progress;
          await this.#editor.update(step.updates);
        }
      }
    }
    throw new Error("The run ended without a result.");
  }

  async #compact(signal: AbortSignal): Promise<PromptResponse> {
    const compactor = new Compactor(this.#database, this.#store, this.#conversation.active);
    const compaction = await compactor.compact(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) return { stopReason: "cancelled" };
    await this.#say(
      compaction === undefined
        ? "The conversation is short enough: nothing was compacted."
        : describeCompaction(compaction.result),
    );
    await this.#editor.update(usageUpdates(await this.#store.tokenCount(), this.#context()));
    return { stopReason: "end_turn" };
  }

  /** Asks the user for a permission. */
  async answer({ id, request }: PendingRequest): Promise<PermissionAnswer> {
    const { permissions, cwd } = this.#conversation.workspace;
    const proposed = suggestRules(request.subject, permissions.rules.current());
    const outcome = await this.#editor.requestPermission(
      {
        toolCall: askingCall(request, `permission-${id}`, cwd),
        options: permissionOptions(
          request,
          proposed.map((rule) => escapedText(rule)),
        ),
      },
      request.signal,
    );
    const { answer, rules } = chosenAnswer(outcome, proposed);
    if (rules.length > 0) await permissions.addRules(rules);
    return answer;
  }

  /** Lists the models of all accounts, and shows them if they differ from what the editor has. */
  async #listModels(): Promise<void> {
    const { signal } = this.#closing;
    const before = JSON.stringify(configOptions(this.#choices()));
    try {
      await this.#conversation.models(AbortSignal.any([signal, AbortSignal.timeout(MODELS_TIMEOUT_MS)]));
    } catch {
      // The known models remain usable, and a prompt says what is wrong.
    }
    const { workspace, active } = this.#conversation;
    this.#models = await new Providers(workspace).choices(active, () => undefined);
    if (signal.aborted || JSON.stringify(configOptions(this.#choices())) === before) return;
    await this.#showOptions();
  }

  #choices(): SessionChoices {
    const { active, model, effort, workspace } = this.#conversation;
    return {
      mode: workspace.permissions.mode,
      provider: active.name,
      profile: active.profile,
      model,
      effort,
      models: this.#models.length > 0 ? this.#models : ownModels(this.#conversation),
    };
  }

  #useMode(mode: PermissionMode): void {
    this.#conversation.workspace.permissions.setMode(mode);
  }

  async #showOptions(): Promise<void> {
    await this.#editor.update([
      { sessionUpdate: "config_option_update", configOptions: configOptions(this.#choices()) },
    ]);
  }

  async #showTitle(blocks: readonly Block[]): Promise<void> {
    if (this.#hasTitle) return;
    this.#hasTitle = true;
    const text = blocks.map((block) => (block.type === "text" ? block.text : "")).join(" ");
    const title = text.replace(/\s+/g, " ").trim().slice(0, LONGEST_TITLE);
    const update: SessionUpdate = {
      sessionUpdate: "session_info_update",
      title: title === "" ? null : title,
      updatedAt: new Date().toISOString(),
    };
    await this.#editor.update([update]);
  }

  async #say(text: string): Promise<void> {
    await this.#editor.update([
      { sessionUpdate: "agent_message_chunk", content: { type: "text", text: `\n\n${text}` } },
    ]);
  }

  #context(): UpdateContext {
    const { workspace, model } = this.#conversation;
    return { cwd: workspace.cwd, contextWindow: model.contextWindow };
  }
}

/** The models of the provider in use, as far as they are known. */
function ownModels({ active }: HeadlessConversation): readonly ModelChoice[] {
  const { name: provider, title, profile, transport } = active;
  return [...transport.models].map((model) => ({
    provider,
    providerTitle: title,
    profile,
    model,
    isCurrent: false,
  }));
}
