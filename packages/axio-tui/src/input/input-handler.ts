import type { App } from "../app/app.ts";
import { keyName } from "../prompt/edit-key.ts";
import type { Input } from "../terminal/keys.ts";
import { pageInput } from "./page-input.ts";
import { permissionInput } from "./permission-input.ts";
import { pickerInput } from "./picker-input.ts";
import { PromptInput } from "./prompt-input.ts";

/** How long after one Ctrl-C a second one leaves, in milliseconds. */
const LEAVE_MS = 2_000;

/** How long typed text still goes to the prompt after a permission request appears, in milliseconds. */
const TYPING_PAUSE_MS = 800;

/** Passes input to the part of the app that has the focus. */
export class InputHandler {
  readonly #app: App;
  readonly #prompt: PromptInput;
  readonly #now: () => number;
  #lastInterrupt = Number.NEGATIVE_INFINITY;
  #lastTyped = Number.NEGATIVE_INFINITY;

  /** @param now Returns a monotonic time in milliseconds. */
  constructor(app: App, now: () => number = () => performance.now()) {
    this.#app = app;
    this.#now = now;
    this.#prompt = new PromptInput(app);
  }

  handle(input: Input): void {
    const app = this.#app;
    const name = input.type === "key" ? keyName(input) : "";
    const { hint, permission, panel, editor } = app.state;
    if (name !== "ctrl-c" && panel?.type === "screen") {
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
    if (hint !== undefined) app.change({ hint: undefined });
    if (permission !== undefined && !this.#isStillTyping(input)) permissionInput(app, permission, input);
    else if (permission === undefined && panel?.type === "picker") pickerInput(app, panel, input);
    else if (permission === undefined && panel?.type === "page") pageInput(app, panel, input);
    else {
      if (input.type === "text") this.#lastTyped = this.#now();
      this.#prompt.handle(input);
    }
  }

  /** Whether a request appeared while the user was typing: the next letters are not an answer. */
  #isStillTyping(input: Input): boolean {
    const { editor, permission } = this.#app.state;
    const mayAnswer = input.type === "text" || (input.type === "key" && keyName(input) === "enter");
    return (
      mayAnswer &&
      editor.text !== "" &&
      permission?.reason === undefined &&
      this.#now() - this.#lastTyped < TYPING_PAUSE_MS
    );
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
      editor: { ...editor, text: "", cursor: 0, cut: text === "" ? cut : text },
    });
    const restore = text === "" ? "" : " Ctrl-Y restores the text.";
    app.hint(`Press Ctrl-C again to leave.${restore}`);
  }
}
