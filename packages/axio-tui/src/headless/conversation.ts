import { AxioError, type Block, type JsonObject, MemoryContextStore, type ModelSpec } from "axio";
import type { SessionDatabase, SqliteContextStore } from "axio-context-sqlite";
import { type ActiveProvider, activeModel, supportedEffort } from "../conversation/active-provider.ts";
import { Compactions } from "../conversation/compactions.ts";
import { Providers } from "../conversation/providers.ts";
import type { RunLimits } from "../conversation/run-agent.ts";
import { ToolBox } from "../conversation/tool-box.ts";
import type { StartOptions } from "../host/app-options.ts";
import { openFileHistory } from "../snapshots/file-history.ts";
import { type AnswerRequest, answerRequests } from "./answer-requests.ts";
import { EventChannel } from "./event-channel.ts";
import type { HeadlessEvent } from "./headless-event.ts";
import { openSignedIn } from "./open-provider.ts";
import { runHeadless, type SystemOptions } from "./run-headless.ts";
import type { Workspace } from "./workspace.ts";

/** Options of {@link HeadlessConversation.open}. */
export interface HeadlessOptions extends Pick<RunLimits, "maxSteps" | "hasTool"> {
  readonly workspace: Workspace;
  /** Where the conversation is stored. Default: it is not stored. */
  readonly sessions?: SessionDatabase | undefined;
  /** Answers permission requests that no rule decides. Default: they are denied at once. */
  readonly onRequest?: AnswerRequest | undefined;
  readonly system?: SystemOptions | undefined;
}

/** Options of one run. */
export interface HeadlessRunOptions extends Pick<RunLimits, "maxSteps"> {
  /** Stops the run, like `stop()`. */
  readonly signal?: AbortSignal | undefined;
  /** The JSON Schema of the object that the run must end with. Default: it ends with text. */
  readonly output?: JsonObject | undefined;
}

/** One conversation without a terminal. It waits for a user only in `onRequest`. */
export class HeadlessConversation {
  readonly workspace: Workspace;
  readonly #options: HeadlessOptions;
  readonly #providers: Providers;
  readonly #toolBox: ToolBox;
  readonly #memory = new MemoryContextStore();
  readonly #endAnswers: () => void;
  #active: ActiveProvider;
  #session: SqliteContextStore | undefined;
  #compactions: Compactions | undefined;
  #channel: EventChannel<HeadlessEvent> | undefined;
  #controller: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #added: readonly Block[] = [];

  private constructor(options: HeadlessOptions, providers: Providers, active: ActiveProvider) {
    const { workspace, sessions, onRequest } = options;
    this.workspace = workspace;
    this.#options = options;
    this.#providers = providers;
    this.#active = active;
    this.#toolBox = new ToolBox(workspace, (from, warning) => workspace.notices.add({ from, warning }));
    this.#endAnswers =
      onRequest === undefined ? () => undefined : answerRequests(workspace.permissions, onRequest);
    if (sessions !== undefined)
      this.#compactions = new Compactions({
        sessions,
        notify: (level, message) => this.#channel?.push({ type: "notice", level, message }),
        onTokens: () => undefined,
      });
  }

  /**
   * Opens a conversation with the provider that the options, the folder and the settings select. No network access.
   *
   * @throws AxioError `unauthenticated` if the user is not signed in; `invalid-argument` if there is no such provider.
   */
  static async open(options: HeadlessOptions): Promise<HeadlessConversation> {
    const { workspace } = options;
    const providers = new Providers(workspace);
    try {
      return new HeadlessConversation(options, providers, await openSignedIn(providers, workspace.found));
    } catch (error) {
      workspace.close();
      throw error;
    }
  }

  /** The provider in use, and the choices for it. */
  get active(): ActiveProvider {
    return this.#active;
  }

  get model(): ModelSpec {
    return activeModel(this.#active);
  }

  /** The reasoning effort in use. Absent if the model has none. */
  get effort(): string | undefined {
    return supportedEffort(this.model, this.#active.effort) ?? this.model.defaultEffort;
  }

  /** The session. Absent before the first prompt, or if the conversation is not stored. */
  get session(): SqliteContextStore | undefined {
    return this.#session;
  }

  get isRunning(): boolean {
    return this.#channel !== undefined;
  }

  /** The tools that the model may call, in the order of the plugins. */
  async tools(): Promise<readonly string[]> {
    await this.#toolBox.open();
    const { hasTool = () => true } = this.#options;
    return this.#toolBox
      .tools()
      .map(({ name }) => name)
      .filter(hasTool);
  }

  /**
   * Fetches the models of the provider in use. Those that are known remain usable if that fails.
   *
   * @throws AxioError of the request.
   */
  async models(signal: AbortSignal): Promise<readonly ModelSpec[]> {
    this.#active = await this.#providers.refreshModels(this.#active, signal);
    return [...this.#active.transport.models];
  }

  /**
   * Makes certain which model and effort are used, which may need the list of the account's models.
   *
   * @param signal Ends the wait. What is known is used then.
   */
  async learnModels(signal: AbortSignal): Promise<void> {
    this.#active = await this.#providers.withModels(this.#active, signal);
  }

  /**
   * Uses another provider, model, effort or profile from the next run on. What the selection leaves open stays, unless another
   * provider or profile is selected.
   *
   * @throws AxioError `invalid-argument` if there is no such provider; `unauthenticated` if the user is not signed in to it.
   */
  async select(selection: Pick<StartOptions, "provider" | "model" | "effort" | "profile">): Promise<void> {
    const { provider = this.#active.name, profile = this.#active.profile } = selection;
    const { model, effort } = selection;
    if (provider === this.#active.name && profile === this.#active.profile) {
      this.#active = {
        ...this.#active,
        model: model ?? this.#active.model,
        effort: effort ?? this.#active.effort,
      };
      return;
    }
    const start = { provider, model, effort, profile };
    const providers = new Providers({ ...this.workspace, start });
    const active = await openSignedIn(providers, this.workspace.found);
    this.#active.transport.close?.();
    this.#active = active;
  }

  /**
   * Continues a stored session.
   *
   * @throws AxioError `invalid-argument` if there is no session of this id, or the conversation is not stored.
   */
  async resume(id: string): Promise<SqliteContextStore> {
    this.#assertIdle();
    const { sessions } = this.#options;
    if (sessions === undefined)
      throw new AxioError(
        "invalid-argument",
        "This conversation is not stored, so it cannot continue one. Open it with a session file.",
      );
    const session = await sessions.open(id);
    await this.#files()?.recover(session);
    this.#use(session);
    return session;
  }

  /**
   * Continues in a copy of the session. The session itself stays as it is.
   *
   * @throws AxioError `invalid-argument` if there is no session yet.
   */
  async fork(): Promise<SqliteContextStore> {
    this.#assertIdle();
    if (this.#session === undefined)
      throw new AxioError(
        "invalid-argument",
        "There is no session yet, so there is nothing to copy. Send a prompt first.",
      );
    const session = await this.#session.fork();
    this.#use(session);
    return session;
  }

  /** Creates the session, if it is stored and does not exist yet. */
  async begin(): Promise<SqliteContextStore | undefined> {
    const { sessions, workspace } = this.#options;
    this.#session ??= await sessions?.create([], { directory: workspace.cwd });
    return this.#session;
  }

  /**
   * Answers a prompt. The events include everything that the app would show; the last one is `result`, which also says what
   * went wrong. The run waits for the reader of the events. Leaving the loop stops it.
   *
   * @throws AxioError `invalid-argument` if a run is in progress.
   */
  async *run(
    blocks: readonly Block[],
    options: HeadlessRunOptions = {},
  ): AsyncGenerator<HeadlessEvent, void, undefined> {
    this.#assertIdle();
    const channel = new EventChannel<HeadlessEvent>();
    const controller = new AbortController();
    const { signal: caller } = options;
    this.#channel = channel;
    this.#controller = controller;
    const signal = AbortSignal.any([controller.signal, ...(caller === undefined ? [] : [caller])]);
    const run = (): Promise<void> =>
      runHeadless(blocks, {
        ...this.#options,
        ...options,
        maxSteps: options.maxSteps ?? this.#options.maxSteps,
        active: this.#active,
        toolBox: this.#toolBox,
        memory: this.#memory,
        begin: () => this.begin(),
        files: this.#files(),
        compactions: this.#compactions,
        channel,
        takeAdded: () => this.#takeAdded(),
        signal,
      });
    this.#ended = this.learnModels(signal)
      .then(run)
      .finally(() => channel.close());
    try {
      yield* channel;
    } finally {
      controller.abort();
      await this.#ended;
      this.#channel = undefined;
      this.#controller = undefined;
    }
  }

  /**
   * Gives the model more input during the run: after the tool calls in progress, or else when it is done.
   *
   * @throws AxioError `invalid-argument` if there is no run.
   */
  steer(blocks: readonly Block[]): void {
    if (this.#channel === undefined)
      throw new AxioError("invalid-argument", "There is no run to add to. Send a prompt.");
    this.#added = [...this.#added, ...blocks];
  }

  /** Stops the run in progress. Completed blocks are kept. */
  stop(): void {
    this.#controller?.abort();
  }

  /** Ends the run in progress, and frees the tools, the transport and the workspace. */
  async close(): Promise<void> {
    this.stop();
    await this.#ended;
    this.#endAnswers();
    this.#active.transport.close?.();
    await this.#toolBox.close();
    this.workspace.close();
  }

  #use(session: SqliteContextStore): void {
    this.#session = session;
    this.#compactions?.forget();
  }

  #files() {
    const { sessions, workspace } = this.#options;
    return sessions && openFileHistory({ sessions, cwd: workspace.cwd });
  }

  #takeAdded(): readonly Block[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }

  #assertIdle(): void {
    if (this.#channel !== undefined)
      throw new AxioError(
        "invalid-argument",
        "A run of this conversation is in progress. Wait for its end, or stop it.",
      );
  }
}
