import type { App } from "../app/app.ts";
import { shownQuestion, type View } from "../panels/view.ts";
import { keyName } from "../prompt/edit-key.ts";
import { insert, wholeText } from "../prompt/editor.ts";
import { remember } from "../prompt/history.ts";
import type { Input } from "../terminal/keys.ts";
import { pageInput } from "./page-input.ts";
import { pickerInput } from "./picker-input.ts";
import { PromptInput } from "./prompt-input.ts";
import { DEAD_TIME_MS, QuestionGuard } from "./question-guard.ts";
import { QuestionInput } from "./question-input.ts";

/** How long after one Ctrl-C a second one leaves, in milliseconds. */
const LEAVE_MS = 2_000;
/** How often it is checked whether a question takes answers, in milliseconds. */
const CHECK_MS = 50;

/** Passes input to the part of the app that has the focus. */
export class InputHandler {
  readonly #app: App;
  readonly #prompt: PromptInput;
  readonly #question: QuestionInput;
  readonly #guard: QuestionGuard;
  readonly #now: () => number;
  readonly #unsubscribe: () => void;
  #lastInterrupt = Number.NEGATIVE_INFINITY;
  /** The state before the last change. */
  #before: Pick<View, "panel" | "permission"> = {};
  #isHandling = false;
  /** Whether the last input to a screen was text: the user was not done there. */
  #isTypingInScreen = false;
  /** Set while input that was meant for something that ended by itself is dropped: all of it, or only Enter. */
  #dropped: { readonly what: "all" | "enter"; readonly until: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param now Returns a monotonic time in milliseconds. */
  constructor(app: App, now: () => number = () => performance.now()) {
    this.#app = app;
    this.#now = now;
    this.#prompt = new PromptInput(app);
    this.#guard = new QuestionGuard(now);
    this.#question = new QuestionInput(app, this.#guard, this.#prompt);
    this.#unsubscribe = app.subscribe(() => this.#follow());
    this.#follow();
  }

  /** Handles one input. */
  handle(input: Input): void {
    this.#isHandling = true;
    try {
      this.#handle(input);
    } finally {
      this.#isHandling = false;
    }
    this.#showReadiness();
  }

  /** Tells that a frame was written to the terminal: the user can read its question from now on. */
  drawn(): void {
    this.#guard.drawn();
    this.#showReadiness();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #handle(input: Input): void {
    const app = this.#app;
    const name = input.type === "key" ? keyName(input) : "";
    const { hint, panel, editor } = app.state;
    if (name !== "ctrl-c" && panel?.type === "screen") {
      this.#isTypingInScreen = name !== "enter" && name !== "escape";
      panel.screen.handleInput(input);
      return;
    }
    if (name === "ctrl-c" || (name === "ctrl-d" && editor.text === "" && panel === undefined)) {
      this.#interrupt();
      return;
    }
    if (name === "ctrl-z" && process.platform !== "win32") {
      app.onSuspend();
      return;
    }
    if (this.#isDropped(input, name)) return;
    if (hint !== undefined) app.change({ hint: undefined });
    const question = shownQuestion(app.state);
    // In a question with an input of its own, it changes what is written there.
    if (name === "shift-tab" && question?.rule === undefined) app.nextMode();
    else if (panel?.type === "picker") pickerInput(app, panel, input);
    else if (panel?.type === "page") pageInput(app, panel, input);
    else if (question !== undefined) this.#question.handle(question, input);
    else this.#prompt.handle(input);
  }

  /** Follows what is shown, and notices a screen or a question that ended without a key. */
  #follow(): void {
    const { panel, permission } = this.#app.state;
    const before = this.#before;
    this.#before = { panel, permission };
    this.#guard.show(shownQuestion(this.#app.state)?.pending.id);
    if (this.#isHandling) return;
    if (before.panel?.type === "screen" && panel === undefined && this.#isTypingInScreen) this.#drop("all");
    if (before.permission !== undefined && permission?.pending.id !== before.permission.pending.id) {
      if (before.permission.isFocused) this.#drop("enter");
      this.#keepReason(before.permission);
    }
  }

  /** Moves a reason to the prompt if its question was withdrawn while the user wrote it. */
  #keepReason({ reason }: NonNullable<View["permission"]>): void {
    const text = reason === undefined ? "" : wholeText(reason);
    if (text !== "") this.#app.change({ editor: insert(this.#app.state.editor, text) });
  }

  #drop(what: "all" | "enter"): void {
    this.#dropped = { what, until: this.#now() + DEAD_TIME_MS };
  }

  #isDropped(input: Input, name: string): boolean {
    if (this.#dropped === undefined) return false;
    const { what, until } = this.#dropped;
    if (this.#now() >= until) this.#dropped = undefined;
    else return name === "enter" || (what === "all" && (input.type === "text" || input.type === "paste"));
    return false;
  }

  /** Shows whether an answer counts, now and as soon as it does. */
  #showReadiness(): void {
    clearTimeout(this.#timer);
    const question = shownQuestion(this.#app.state);
    if (question === undefined) return;
    const { isReady } = this.#guard;
    if (question.isReady !== isReady) this.#app.change({ permission: { ...question, isReady } });
    if (!isReady) this.#timer = setTimeout(() => this.#showReadiness(), CHECK_MS).unref();
  }

  /** Stops the run or clears the prompt the first time, and leaves the second time. */
  #interrupt(): void {
    const app = this.#app;
    const now = this.#now();
    const isSecond = now - this.#lastInterrupt < LEAVE_MS;
    this.#lastInterrupt = now;
    if (isSecond) {
      app.quit();
      return;
    }
    if (app.conversation.state.phase !== "idle") {
      app.stopRun();
      app.hint("Stopped. Press Ctrl-C again to leave.");
      return;
    }
    const { editor } = app.state;
    const { text, cut } = editor;
    app.closePanel();
    app.change({
      completion: undefined,
      history: remember(app.state.history, wholeText(editor)),
      editor: { ...editor, text: "", cursor: 0, cut: text === "" ? cut : text },
    });
    const restore = text === "" ? "" : " Ctrl-Y restores the text.";
    app.hint(`Press Ctrl-C again to leave.${restore}`);
  }
}
