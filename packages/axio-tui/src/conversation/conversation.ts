import {
  type Block,
  type ContextStore,
  type Message,
  type StreamEvent,
  type TextBlock,
  userMessage,
} from "axio";
import { toAxioError } from "axio/internal";
import type { RetryNotice } from "axio/plugin";
import type { SqliteContextStore } from "axio-context-sqlite";
import type { AppOptions } from "../host/app-options.ts";
import { type FileHistory, openFileHistory } from "../snapshots/file-history.ts";
import { FrameLimiter } from "../terminal/frame-limiter.ts";
import type { Entry, NoticeEntry } from "../transcript/entries.ts";
import { historyEntries, userEntry } from "../transcript/from-history.ts";
import { addEntry, notice } from "../transcript/transcript.ts";
import type { ActiveProvider } from "./active-provider.ts";
import { errorRemedy } from "./app-error.ts";
import { Compactions } from "./compactions.ts";
import { type Prompt, PromptQueue } from "./prompt-queue.ts";
import { applyRunEvents } from "./run-events.ts";
import { SeenHistory } from "./seen-history.ts";
import { type ShowChange, showCommand } from "./show-command.ts";
import { type ConversationState, INITIAL_STATE, withProvider, withSession } from "./state.ts";
import { Store } from "./store.ts";
import { systemPrompt } from "./system-prompt.ts";
import type { ToolBox } from "./tool-box.ts";
import { storedDiffs, watchedRun } from "./watched-run.ts";

/** Options of {@link Conversation}. */
export interface ConversationOptions {
  readonly app: Pick<AppOptions, "sessions" | "cwd" | "env" | "settings" | "permissions">;
  readonly toolBox: ToolBox;
  /** The project's instructions to agents. */
  readonly projectInstructions?: string | undefined;
}

type BusyPhase = Exclude<ConversationState["phase"], "idle">;

/** A conversation: its session, the run in progress, and the state to show. */
export class Conversation extends Store<ConversationState> {
  /** The changes that runs made to files. */
  readonly files: FileHistory;
  /** The session from before `rewind()`, until something else is done. */
  rewoundFrom: SqliteContextStore | undefined;
  readonly #options: ConversationOptions;
  readonly #frames = new FrameLimiter(() => this.#applyEvents());
  #events: StreamEvent[] = [];
  #active: ActiveProvider | undefined;
  #session: SqliteContextStore | undefined;
  #abort: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #compactions: Compactions;
  #seen = new SeenHistory();
  readonly #queue = new PromptQueue((change) => this.change(change));
  /** The output of commands of the user, for the next prompt. */
  #outputs: readonly TextBlock[] = [];

  constructor(options: ConversationOptions) {
    super(INITIAL_STATE);
    this.#options = options;
    this.files = openFileHistory(options.app);
    this.#compactions = new Compactions({
      sessions: options.app.sessions,
      notify: (...notice) => this.notify(...notice),
      onTokens: (contextTokens) => this.change({ contextTokens }),
    });
  }

  /** The provider in use. */
  get active(): ActiveProvider | undefined {
    return this.#active;
  }

  /** Created with the first prompt. */
  get session(): SqliteContextStore | undefined {
    return this.#session;
  }

  /** Uses another provider, or the same with other choices, from the next run on. */
  use(active: ActiveProvider): void {
    if (this.#active?.transport !== active.transport) this.#active?.transport.close?.();
    this.#active = active;
    this.change(withProvider(this.state, active));
  }

  /** Sends a prompt, now or after the run in progress. Resolves when its run ends. */
  async send(text: string, attachments: readonly Block[] = []): Promise<void> {
    const blocks: readonly Block[] = [
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...attachments,
    ];
    if (blocks.length === 0) return;
    if (this.state.phase !== "idle") {
      this.#queue.add({ text, blocks });
      return;
    }
    await this.#runAll({ text, blocks });
  }

  async #runAll(first: Prompt | undefined): Promise<void> {
    for (let next = first; next !== undefined; next = this.#queue.next()) {
      this.#running = this.#run(next);
      await this.#running;
    }
  }

  /**
   * Runs a command of the user in the shell, and gives its output to the model with the next prompt. Prompts that are sent
   * meanwhile wait for it.
   */
  async runCommand(command: string): Promise<void> {
    const { cwd, env, sessions } = this.#options.app;
    const show: ShowChange = (change) => this.change({ transcript: change(this.state.transcript) });
    await this.#occupy("running", async (signal) => {
      const output = await showCommand({ command, cwd, env, signal, show });
      this.#outputs = [...this.#outputs, output];
      this.#session ??= await sessions.create([], { directory: cwd });
      await this.#session.checkpoint([userMessage(this.#outputs)]);
    });
  }

  /** Does work during which prompts wait, and then sends them. */
  async #occupy(phase: BusyPhase, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#running = work(this.#begin(phase).signal)
      .catch((error: unknown) => this.showError(error))
      .finally(() => this.#end());
    await this.#running;
    await this.#runAll(this.#queue.next());
  }

  /** Stops the run or the compaction in progress. Completed blocks are kept. */
  stop(): void {
    this.#abort?.abort();
  }

  /** Removes the queued prompts, and returns their texts. */
  takeQueued(): readonly string[] {
    return this.#queue.take();
  }

  /** Shows a notice of the app. */
  notify(level: NoticeEntry["level"], text: string, remedy?: string): void {
    this.#frames.flush();
    this.change({ transcript: addEntry(this.state.transcript, notice(level, text, remedy)) });
  }

  /** Shows that the request in progress failed and is about to be sent again. */
  showRetry({ attempt, delayMs, error }: RetryNotice): void {
    if (this.state.phase !== "running") return;
    // Not every retry has an event. One that has shows the same again.
    this.#events.push({ type: "retry", attempt, delayMs, error, discardedBlocks: [] });
    this.#frames.request();
  }

  /** Shows an error, and what the user can do about it. */
  showError(thrown: unknown): void {
    const error = toAxioError(thrown);
    if (error.code !== "aborted")
      this.notify("error", error.message, errorRemedy(error, this.state.provider?.usageUrl));
  }

  /** Begins a new conversation. The session of the old one stays stored. */
  clear(): void {
    this.#useSession(undefined);
    this.#seen = new SeenHistory();
    this.change(withSession(this.state));
  }

  /**
   * Continues a stored session.
   *
   * @throws AxioError `invalid-argument` if there is no session of this id.
   */
  async resume(id: string): Promise<void> {
    const session = await this.#options.app.sessions.open(id);
    await this.#openSession(session, await session.history());
    const { directory } = session;
    if (directory !== undefined && directory !== this.#options.app.cwd)
      this.notify(
        "warning",
        `This conversation is from another folder: ${directory}. Tools work in ${this.#options.app.cwd}.`,
      );
  }

  /** Goes back to before a message of the history, in a copy of the session. */
  async rewind(index: number): Promise<void> {
    const from = this.#session;
    if (from === undefined) return;
    const session = await from.fork({ count: index });
    await this.#openSession(session, await session.history());
    this.rewoundFrom = from;
  }

  /** Continues in a copy of the session. Returns `false` if there is no session yet. */
  async fork(): Promise<boolean> {
    if (this.#session === undefined) return false;
    this.#add(await this.#seen.changes(this.#session));
    this.#session = await this.#session.fork();
    await this.#seen.remember(this.#session);
    this.#compactions.forget();
    this.change({ sessionId: this.#session.id });
    return true;
  }

  /** Summarizes earlier messages. */
  async compact(): Promise<void> {
    const [session, active] = [this.#session, this.#active];
    if (session === undefined || active === undefined) {
      this.notify("info", "There is nothing to compact yet.");
      return;
    }
    await this.#occupy("compacting", async (signal) => {
      await this.#compactions.compact(session, active, signal);
      await this.#seen.remember(session);
    });
  }

  /** Undoes the last compaction of the session. */
  async undoCompaction(): Promise<void> {
    const before = this.#session && (await this.#compactions.undo(this.#session));
    if (before === undefined) {
      this.notify(
        "info",
        "This session has no compaction to undo.",
        "/sessions lists the conversation from before a compaction.",
      );
      return;
    }
    await this.#openSession(before, await before.history());
    this.notify("info", "The compaction was undone: the model sees the whole conversation again.");
  }

  /** Ends the run in progress, and closes the transport. */
  async close(): Promise<void> {
    this.#queue.close();
    this.stop();
    await this.#running;
    this.#frames.flush();
    this.#active?.transport.close?.();
  }

  async #run({ text, blocks: own }: Prompt): Promise<void> {
    const active = this.#active;
    const blocks = [...own, ...this.#outputs];
    const shown = [userEntry(userMessage(own))].filter((entry) => entry !== undefined);
    if (active === undefined || active.needsSignIn) {
      this.#add(shown);
      this.notify("error", "You are not signed in.", "/login signs in, /model selects another provider.");
      return;
    }
    this.change({ starting: text });
    const { signal } = this.#begin("running");
    try {
      this.#add([...(this.#session === undefined ? [] : await this.#seen.changes(this.#session)), ...shown]);
      await this.#runIn(await this.#startSession(userMessage(blocks)), blocks, active, signal);
    } catch (error) {
      this.showError(error);
    }
    await this.#seen.remember(this.#session);
    this.#frames.flush();
    this.change({ starting: undefined });
    this.#end();
  }

  #add(entries: readonly Entry[]): void {
    this.change({ transcript: entries.reduce(addEntry, this.state.transcript) });
  }

  /** Returns the session, which has the prompt on the disk. */
  async #startSession(message: Message): Promise<SqliteContextStore> {
    const { sessions, cwd } = this.#options.app;
    this.#session ??= await sessions.create([], { directory: cwd });
    await this.#session.checkpoint([message]);
    this.#outputs = [];
    this.change({ sessionId: this.#session.id, starting: undefined });
    return this.#session;
  }

  async #runIn(
    session: SqliteContextStore,
    blocks: readonly Block[],
    active: ActiveProvider,
    signal: AbortSignal,
  ): Promise<void> {
    const { app, toolBox, projectInstructions } = this.#options;
    await toolBox.open();
    const { failure } = await watchedRun({
      session,
      files: this.files,
      blocks,
      context: this.#context(session, active),
      active,
      toolBox,
      system: systemPrompt({
        directory: app.cwd,
        hasTools: toolBox.tools().length > 0,
        instructions: projectInstructions,
        mode: app.permissions.mode,
      }),
      signal,
      onEvent: (event) => {
        this.#events.push(event);
        this.#frames.request();
      },
    });
    if (failure !== undefined) this.showError(failure);
    this.change({ contextTokens: await session.tokenCount() });
  }

  #context(session: SqliteContextStore, active: ActiveProvider): ContextStore {
    const { settings } = this.#options.app;
    return settings.current.autoCompact ? this.#compactions.automatic(session, active) : session;
  }

  #applyEvents(): void {
    const events = this.#events;
    this.#events = [];
    this.change(applyRunEvents(this.state, events));
  }

  #useSession(session: SqliteContextStore | undefined): void {
    this.#session = session;
    this.rewoundFrom = undefined;
    this.#outputs = [];
    this.#compactions.forget();
  }

  async #openSession(session: SqliteContextStore, history: readonly Message[]): Promise<void> {
    this.#useSession(session);
    await this.files.recover(session);
    const entries = historyEntries(history, storedDiffs(await session.notes()));
    const contextTokens = await session.tokenCount();
    await this.#seen.remember(session);
    this.change(withSession(this.state, { id: session.id, entries, contextTokens }));
  }

  #begin(phase: BusyPhase): AbortController {
    this.rewoundFrom = undefined;
    this.#abort = new AbortController();
    this.change({ phase, phaseStartedAt: Date.now() });
    return this.#abort;
  }

  #end(): void {
    this.#abort = undefined;
    this.change({ phase: "idle", phaseStartedAt: Date.now() });
  }
}
