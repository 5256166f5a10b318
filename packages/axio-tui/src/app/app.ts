import { homedir } from "node:os";
import { toAxioError } from "axio/internal";
import type { Command, CommandContext } from "../commands/command.ts";
import { allCommands, findCommand, parseCommand } from "../commands/command-table.ts";
import { runTypedCommand } from "../commands/run-typed-command.ts";
import { showModels } from "../commands/show-models.ts";
import {
  type ActiveProvider,
  activeModel,
  canSeeImages,
  mayChangeModel,
} from "../conversation/active-provider.ts";
import { Conversation } from "../conversation/conversation.ts";
import { Providers } from "../conversation/providers.ts";
import { Store } from "../conversation/store.ts";
import { ToolBox } from "../conversation/tool-box.ts";
import { PromptKeeper } from "../drafts/prompt-keeper.ts";
import type { AppOptions } from "../host/app-options.ts";
import type { Page } from "../panels/page.ts";
import type { Picker } from "../panels/picker.ts";
import { initialView, type View } from "../panels/view.ts";
import { nextMode } from "../permissions/mode.ts";
import { readAttachments } from "../prompt/attachments.ts";
import { EMPTY_EDITOR, setText, wholeText } from "../prompt/editor.ts";
import { remember } from "../prompt/history.ts";
import { openScreen } from "../sign-in/open-screen.ts";
import { chooseTerminalStyle } from "../terminal/terminal-style.ts";
import type { Line } from "../theme/line.ts";
import type { Entry } from "../transcript/entries.ts";
import { followBranch } from "./follow-branch.ts";
import { highlightCode } from "./highlight-code.ts";
import { RowCache } from "./row-cache.ts";
import { ScreenHost } from "./screen-host.ts";
import { showPermissions } from "./show-permissions.ts";
import { openStartSession } from "./start-session.ts";
import { welcomeRows } from "./welcome.ts";

/** Options of {@link App}. */
export interface AppEnvironment extends AppOptions {
  /** The project's instructions to agents. */
  readonly projectInstructions?: string | undefined;
}

/** The app without its terminal: its state and its actions. */
export class App extends Store<View> implements CommandContext {
  readonly options: AppOptions;
  readonly conversation: Conversation;
  readonly providers: Providers;
  readonly toolBox: ToolBox;
  readonly commands: readonly Command[];
  readonly #prompts: PromptKeeper;
  readonly #controller = new AbortController();
  readonly #rows = new RowCache();
  readonly #screens = new ScreenHost(this, (error) => this.conversation.showError(error));
  readonly #subscriptions: (() => void)[] = [];
  #end: (code: number) => void = () => undefined;
  /** Resolves to the exit code when the user leaves. */
  readonly ended: Promise<number> = new Promise((resolve) => {
    this.#end = resolve;
  });

  constructor(options: AppEnvironment, size: { readonly width: number; readonly height: number }) {
    super(
      initialView(chooseTerminalStyle(options.env, options.settings.current.theme), size.width, size.height),
    );
    this.options = options;
    this.change({ mode: options.permissions.mode });
    this.providers = new Providers(options);
    this.toolBox = new ToolBox(options, (from, error) =>
      this.conversation.notify(
        "warning",
        `${from}: ${error.message}`,
        "axio continues without it. /plugins shows all.",
      ),
    );
    this.commands = allCommands(options.folder.commands);
    const { projectInstructions } = options;
    this.conversation = new Conversation({ app: options, toolBox: this.toolBox, projectInstructions });
    this.#prompts = new PromptKeeper({
      view: this,
      conversation: this.conversation,
      sessions: options.sessions,
      cwd: options.cwd,
      onFailure: (error) => this.conversation.showError(error),
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Returns the function that lays out entries for this screen. */
  rowsOf(): (entry: Entry, index: number) => readonly Line[] {
    const { width, terminal, isExpanded } = this.state;
    return this.#rows.rowsFor(width, terminal, isExpanded);
  }

  /** Opens the provider and the session, and shows warnings. */
  async start(): Promise<void> {
    const { found, permissions, notices, start } = this.options;
    permissions.attend(true);
    this.#subscriptions.push(
      showPermissions(this, permissions),
      notices.listen(({ from, warning }) => {
        const { message } = toAxioError(warning);
        this.conversation.notify("warning", from === undefined ? message : `${from}: ${message}`);
      }),
      notices.listenForRetries((retry) => this.conversation.showRetry(retry)),
      highlightCode(this.conversation, () => this.change({})),
      this.#prompts.follow(),
      followBranch(this.conversation, this.options.cwd),
    );
    this.#ready = this.#openProvider();
    await this.#ready;
    if (await this.#prompts.restore()) this.hint("This is what you had not sent yet.");
    for (const { packageName, error } of found.problems)
      this.conversation.notify("warning", `${packageName}: ${error.message}`, "/plugins shows all.");
    this.toolBox.open().catch((error: unknown) => this.conversation.showError(error));
    this.#attempt(() => showModels(this));
    if (start.prompt !== undefined && start.prompt !== "") this.#submitKept(start.prompt);
  }

  /** Ends what is in progress and frees resources. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.options.permissions.attend(false);
    this.#screens.close();
    this.#controller.abort();
    await this.conversation.close();
    await this.#prompts.close();
    await this.toolBox.close();
  }

  /** Sends a prompt, or runs a command. */
  submit(text: string): void {
    const invocation = parseCommand(text);
    const command = invocation && findCommand(this.commands, invocation.name);
    if (command !== undefined && invocation !== undefined) this.#command(command, invocation.argument);
    else if (invocation !== undefined) this.hint(`There is no command /${invocation.name}. /help shows all.`);
    else if (text.startsWith("!")) this.#attempt(() => runTypedCommand(this, text));
    else this.sendPrompt(text, text).catch((error: unknown) => this.conversation.showError(error));
  }

  /** Submits the text of the prompt and clears it. */
  submitEditor(): void {
    const text = wholeText(this.state.editor).trim();
    if (text === "") return;
    this.change({
      completion: undefined,
      hint: undefined,
      editor: { ...EMPTY_EDITOR, cut: this.state.editor.cut },
      anchor: undefined,
    });
    this.#submitKept(text);
  }

  #submitKept(text: string): void {
    if (text.startsWith("!")) this.#prompts.remember(text);
    else if (parseCommand(text) === undefined) this.#prompts.sent(text);
    else this.change({ history: remember(this.state.history, text) });
    this.submit(text);
  }

  /** Stops the run. Queued prompts return to the editor. */
  stopRun(): void {
    const queued = this.conversation.takeQueued();
    const draft = wholeText(this.state.editor);
    if (queued.length > 0) this.fillPrompt([...queued, ...(draft === "" ? [] : [draft])].join("\n"));
    this.conversation.stop();
  }

  /** Selects the next permission mode. */
  nextMode(): void {
    const { permissions } = this.options;
    permissions.setMode(nextMode(permissions.mode));
  }

  show(panel: Picker | Page): void {
    this.closePanel();
    this.change({ panel, completion: undefined, hint: undefined });
  }

  closePanel(): void {
    this.#screens.close();
    this.change({ panel: undefined });
  }

  hint(text: string): void {
    this.change({ hint: text });
  }

  fillPrompt(text: string): void {
    this.change({ editor: setText(this.state.editor, text) });
  }

  async use(active: ActiveProvider): Promise<void> {
    this.conversation.use(active);
    this.#welcome();
    await this.providers.remember(active);
  }

  async openSignIn(providerName: string, start: "overview" | "login"): Promise<void> {
    const { found, hostFor, settings } = this.options;
    const plugin = found.providers.find(({ name }) => name === providerName);
    const provider = await plugin?.load();
    const { active } = this.conversation;
    const profile =
      active?.name === providerName ? active.profile : settings.current.providers[providerName]?.profile;
    const { color, unicode } = this.state.terminal;
    const screen = await openScreen(provider, {
      host: hostFor("providers", providerName),
      profile,
      start,
      style: { color, unicode },
      copy: (text) => this.onCopy(text),
      onDone: (result) => {
        this.closePanel();
        // Prompts sent in the meantime wait for it.
        this.#ready = this.#afterSignIn(providerName, result.profile ?? profile).catch((error: unknown) =>
          this.conversation.showError(error),
        );
      },
    });
    if (plugin === undefined || screen === undefined)
      this.conversation.notify("warning", `${provider?.title ?? providerName} has no sign-in.`);
    else this.#screens.show(screen, plugin.packageName);
  }

  /** Continues a stored session. Its prompts become the prompt history. */
  async resume(id: string): Promise<void> {
    await this.conversation.resume(id);
    let { history } = this.state;
    for (const entry of this.conversation.state.transcript.committed)
      if (entry.kind === "user") history = remember(history, entry.text);
    this.change({ history });
  }

  async setTheme(name: string): Promise<void> {
    this.change({ terminal: chooseTerminalStyle(this.options.env, name) });
    await this.options.settings.update((settings) => ({ ...settings, theme: name }));
  }

  /** Redraws the whole screen, over the output of other programs. */
  onRedraw: () => void = () => undefined;
  /** Returns the terminal to the shell until the process continues. */
  onSuspend: () => void = () => undefined;
  /** Lets the user edit a text in another program. Returns `undefined` if that failed. */
  onEdit: (text: string) => Promise<string | undefined> = async () => undefined;
  /** Copies text to the clipboard of the user's terminal. */
  onCopy: (text: string) => void = () => undefined;

  quit(code = 0): void {
    this.#end(code);
  }

  /** Uses a new size of the terminal. */
  resize(width: number, height: number): void {
    this.change({ width, height });
  }

  #command(command: Command, argument: string): void {
    if (this.conversation.state.phase !== "idle" && command.isAlwaysReady !== true) {
      this.hint(`/${command.name} is not available during a run. Esc stops it.`);
      return;
    }
    this.#attempt(async () => {
      // Leaving is always possible; other commands need the provider and the session.
      if (command.name !== "quit") await this.#ready;
      await command.run(this, argument);
    });
  }

  #attempt(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.conversation.showError(error));
  }

  async sendPrompt(text: string, named: string): Promise<void> {
    try {
      await this.#ready;
      const { active } = this.conversation;
      if (active === undefined || active.needsSignIn) {
        this.change({ editor: setText(this.state.editor, text) });
        this.hint(
          active === undefined
            ? "No model is selected yet. /model selects one."
            : "Sign in first: /login. /model selects another provider.",
        );
        return;
      }
      const acceptsImages = canSeeImages(activeModel(active));
      const where = { cwd: this.options.cwd, home: homedir(), acceptsImages };
      const { blocks, problems, notes } = await readAttachments(named, where);
      for (const problem of problems) this.conversation.notify("warning", problem);
      for (const note of notes) this.conversation.notify("info", note);
      const sent = this.conversation.send(text, blocks);
      this.#prompts.arrived(text);
      await sent;
    } finally {
      this.#prompts.arrived(text);
    }
  }

  /** Prompts and commands wait for this. */
  #ready: Promise<void> = Promise.resolve();

  async #openProvider(): Promise<void> {
    try {
      const active = await this.providers.first();
      if (active !== undefined) {
        this.conversation.change({ isModelPending: mayChangeModel(active) });
        this.conversation.use(active);
      }
    } catch (error) {
      this.conversation.showError(error);
    }
    this.#welcome();
    await openStartSession(this);
  }

  async #afterSignIn(providerName: string, profile: string | undefined): Promise<void> {
    const active = await this.providers.open({ name: providerName, profile });
    const current = this.conversation.active;
    // A sign-in that was not completed does not replace a working provider.
    if (
      active.needsSignIn &&
      current !== undefined &&
      current.name !== providerName &&
      !current.needsSignIn
    ) {
      active.transport.close?.();
      return;
    }
    this.conversation.use(active);
    this.#welcome();
    if (!active.needsSignIn) await this.providers.remember(active);
    this.#attempt(() => showModels(this));
  }

  #welcome(): void {
    this.change({ welcome: welcomeRows(this.options, this.conversation.active) });
  }
}
