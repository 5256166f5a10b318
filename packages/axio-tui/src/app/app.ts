import { homedir } from "node:os";
import type { Command, CommandContext } from "../commands/command.ts";
import { COMMANDS, parseCommand } from "../commands/command-table.ts";
import { Conversation } from "../conversation/conversation.ts";
import type { ActiveTransport } from "../conversation/open-transport.ts";
import { Store } from "../conversation/store.ts";
import { toAppError } from "../conversation/to-app-error.ts";
import { ToolBox } from "../conversation/tool-box.ts";
import type { Page } from "../panels/page.ts";
import type { Picker } from "../panels/picker.ts";
import { readAttachments } from "../prompt/attachments.ts";
import { EMPTY_EDITOR, setText, wholeText } from "../prompt/editor.ts";
import { remember } from "../prompt/history.ts";
import type { Line } from "../theme/line.ts";
import { chooseTerminalStyle } from "../theme/terminal-style.ts";
import type { Entry } from "../transcript/entries.ts";
import { loadHighlighter } from "../transcript/highlight.ts";
import type { AppOptions } from "./app-options.ts";
import { RowCache } from "./row-cache.ts";
import { Transports } from "./transports.ts";
import { firstView, type View } from "./view.ts";
import { welcomeRows } from "./welcome.ts";

/** What an app is made of. */
export interface AppEnvironment extends AppOptions {
  /** What the project says to agents. */
  readonly projectInstructions?: string;
}

/** The app without its terminal: what is seen, and what can be done. */
export class App extends Store<View> implements CommandContext {
  readonly options: AppOptions;
  readonly conversation: Conversation;
  readonly transports: Transports;
  readonly toolBox: ToolBox;
  readonly #controller = new AbortController();
  readonly #rows = new RowCache();
  readonly #ends: (() => void)[] = [];
  #settle: (code: number) => void = () => undefined;
  /** Settles when the person leaves, with the exit code. */
  readonly ended: Promise<number> = new Promise((resolve) => {
    this.#settle = resolve;
  });

  constructor(options: AppEnvironment, size: { readonly width: number; readonly height: number }) {
    super(
      firstView(chooseTerminalStyle(options.env, options.settings.current.theme), size.width, size.height),
    );
    this.options = options;
    this.transports = new Transports(options);
    this.toolBox = new ToolBox(options, (from, error) =>
      this.conversation.say(
        "warning",
        `${from}: ${error.message}`,
        "The app goes on without it. /plugins shows all.",
      ),
    );
    const { projectInstructions } = options;
    this.conversation = new Conversation({
      app: options,
      toolBox: this.toolBox,
      ...(projectInstructions === undefined ? {} : { projectInstructions }),
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What gives the rows of an entry on this screen. */
  rowsOf(): (entry: Entry, index: number) => readonly Line[] {
    const { width, look, isExpanded } = this.state;
    return this.#rows.rowsFor(width, look, isExpanded);
  }

  /** Readies the transport and the session, and says what the person should know. */
  async start(): Promise<void> {
    const { found, questions, notices, start } = this.options;
    questions.attend(true);
    this.#ends.push(
      questions.subscribe(() => this.#showQuestion()),
      notices.listen(({ from, warning }) => {
        const { message } = toAppError(warning);
        this.conversation.say("warning", from === undefined ? message : `${from}: ${message}`);
      }),
      this.conversation.subscribe(() => this.#followConversation()),
    );
    this.#ready = this.#openTransport();
    await this.#ready;
    for (const { packageName, error } of found.problems)
      this.conversation.say("warning", `${packageName}: ${error.message}`, "/plugins shows all.");
    this.toolBox.open().catch((error: unknown) => this.conversation.sayError(error));
    this.#refreshModels();
    if (start.prompt !== undefined && start.prompt !== "") this.submit(start.prompt);
  }

  /** Ends what is under way and lets go of everything. */
  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    this.options.questions.attend(false);
    this.#controller.abort();
    await this.conversation.close();
    await this.toolBox.close();
  }

  /** Sends what was written, or does what it commands. */
  submit(text: string): void {
    const command = parseCommand(text);
    const known = COMMANDS.find(({ name }) => name === command?.name);
    if (known !== undefined && command !== undefined) this.#command(known, command.argument);
    else if (command !== undefined) this.hint(`There is no command /${command.name}. /help shows all.`);
    else this.#send(text).catch((error: unknown) => this.conversation.sayError(error));
  }

  /** Sends the prompt and empties it. */
  submitEditor(): void {
    const text = wholeText(this.state.editor).trim();
    if (text === "") return;
    this.drop("completion", "hint");
    this.change({
      editor: { ...EMPTY_EDITOR, cut: this.state.editor.cut },
      history: remember(this.state.history, text),
      anchor: undefined,
    });
    this.submit(text);
  }

  /** Stops the model. What waited to be said comes back into the prompt. */
  stopRun(): void {
    const waiting = this.conversation.takeBackQueued();
    if (waiting.length > 0) this.change({ editor: setText(this.state.editor, waiting.join("\n")) });
    this.conversation.stop();
  }

  show(panel: Picker | Page): void {
    this.drop("completion", "hint");
    this.change({ panel });
  }

  closePanel(): void {
    this.drop("panel");
  }

  hint(text: string): void {
    this.change({ hint: text });
  }

  async use(open: ActiveTransport): Promise<void> {
    this.conversation.use(open);
    this.#welcome();
    await this.transports.remember(open);
  }

  async openSettings(transport: string, start: "overview" | "login"): Promise<void> {
    const { found, hostFor } = this.options;
    const screen = found.transportSettings.find(({ name }) => name === transport);
    if (screen === undefined) {
      this.conversation.say("warning", `The transport ${transport} brings no screen to sign in on.`);
      return;
    }
    const plugin = await screen.load();
    const { open } = this.conversation;
    const profile =
      open?.name === transport ? open.profile : this.options.settings.current.transports[transport]?.profile;
    this.change({
      panel: {
        type: "screen",
        plugin,
        host: hostFor("transportSettings", transport),
        ...(profile === undefined ? {} : { profile }),
        start,
        onDone: (result) => {
          this.closePanel();
          // What is sent meanwhile waits for it.
          this.#ready = this.#afterSettings(transport, result.profile ?? profile).catch((error: unknown) =>
            this.conversation.sayError(error),
          );
        },
      },
    });
  }

  /** Goes on with a session; what was said in it can be brought back into the prompt. */
  async resume(id: string): Promise<void> {
    await this.conversation.resume(id);
    let { history } = this.state;
    for (const entry of this.conversation.state.transcript.settled)
      if (entry.kind === "user") history = remember(history, entry.text);
    this.change({ history });
  }

  async setTheme(name: string): Promise<void> {
    this.change({ look: chooseTerminalStyle(this.options.env, name) });
    await this.options.settings.update((settings) => ({ ...settings, theme: name }));
  }

  /** Draws the screen anew, over whatever another program left there. */
  redraw(): void {
    this.onRedraw();
  }

  /** Gives the terminal back to the shell until it is asked for again. */
  suspend(): void {
    this.onSuspend();
  }

  /** What gives the terminal back. */
  onSuspend: () => void = () => undefined;
  /** What draws the screen anew. */
  onRedraw: () => void = () => undefined;

  quit(code = 0): void {
    this.#settle(code);
  }

  /** Uses another size of the terminal. */
  resize(width: number, height: number): void {
    this.change({ width, height });
  }

  #command(command: Command, argument: string): void {
    if (this.conversation.state.phase !== "idle" && command.isAlwaysReady !== true) {
      this.hint(`/${command.name} has to wait: the model works. Esc stops it.`);
      return;
    }
    this.#attempt(async () => {
      // Leaving is possible at any time; all else wants to know what is in use.
      if (command.name !== "quit") await this.#ready;
      await command.run(this, argument);
    });
  }

  #attempt(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.conversation.sayError(error));
  }

  async #send(text: string): Promise<void> {
    await this.#ready;
    const { open } = this.conversation;
    if (open === undefined || open.needsSignIn) {
      this.change({ editor: setText(this.state.editor, text) });
      this.hint(
        open === undefined
          ? "There is no model to ask yet. /model chooses one."
          : "Sign in first: /login. /model chooses another way.",
      );
      return;
    }
    const { model } = open.transport;
    const takesPictures =
      model.capabilities.includes("vision") || (model.inputModalities ?? []).includes("image");
    const { blocks, problems } = await readAttachments(text, {
      folder: this.options.folder,
      home: homedir(),
      takesPictures,
    });
    for (const problem of problems) this.conversation.say("warning", problem);
    await this.conversation.send(text, blocks);
  }

  /** What is written before is sent afterwards. */
  #ready: Promise<void> = Promise.resolve();

  async #openTransport(): Promise<void> {
    try {
      const open = await this.transports.first();
      if (open !== undefined) this.conversation.use(open);
    } catch (error) {
      this.conversation.sayError(error);
    }
    this.#welcome();
    await this.#openSession();
  }

  async #openSession(): Promise<void> {
    const { session } = this.options.start;
    if (session === undefined) return;
    try {
      const id = session.type === "id" ? session.id : (await this.options.sessions.list({ limit: 1 }))[0]?.id;
      if (id !== undefined) await this.resume(id);
      else this.conversation.say("info", "No conversation is kept yet, so this is a new one.");
    } catch (error) {
      this.conversation.sayError(error);
    }
  }

  async #afterSettings(transport: string, profile: string | undefined): Promise<void> {
    const open = await this.transports.open({
      name: transport,
      ...(profile === undefined ? {} : { profile }),
    });
    const current = this.conversation.open;
    // A sign-in that did not come about is no choice, and takes nothing away.
    if (open.needsSignIn && current !== undefined && current.name !== transport && !current.needsSignIn) {
      open.transport.close?.();
      return;
    }
    this.conversation.use(open);
    this.#welcome();
    if (!open.needsSignIn) await this.transports.remember(open);
    this.#refreshModels();
  }

  #refreshModels(): void {
    const { open } = this.conversation;
    if (open === undefined) return;
    this.transports.refreshModels(open, this.signal).then(
      (refreshed) => {
        if (this.conversation.open === open) this.conversation.use(refreshed);
      },
      // The list of models that is there goes on being used; a call says what is wrong.
      () => undefined,
    );
  }

  #welcome(): void {
    this.change({ welcome: welcomeRows(this.options, this.conversation.open) });
  }

  #showQuestion(): void {
    const { current, size } = this.options.questions;
    const { permission } = this.state;
    if (current === undefined) this.drop("permission");
    else if (permission?.pending.id === current.id)
      this.change({ permission: { ...permission, waiting: size } });
    else this.change({ permission: { pending: current, waiting: size, index: 0, offset: 0 } });
  }

  #hasCode = false;

  #followConversation(): void {
    if (this.#hasCode) return;
    const { settled, live } = this.conversation.state.transcript;
    const entries = [...settled.slice(-50), ...live.map(({ entry }) => entry)];
    this.#hasCode = entries.some((entry) => entry.kind === "text" && entry.text.includes("```"));
    if (this.#hasCode) this.#attempt(() => loadHighlighter().then(() => this.change({})));
  }
}
