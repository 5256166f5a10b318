import type { App } from "../app/app.ts";
import { keyName } from "../prompt/edit-key.ts";
import { EMPTY_EDITOR } from "../prompt/editor.ts";
import type { Input } from "../terminal/keys.ts";
import { pageInput } from "./page-input.ts";
import { permissionInput } from "./permission-input.ts";
import { pickerInput } from "./picker-input.ts";
import { PromptInput } from "./prompt-input.ts";

/** How long after the first Ctrl-C a second one leaves, in milliseconds. */
const LEAVE_WITHIN = 2_000;

/** How long after a letter of the prompt a question may not be answered by the next one, in milliseconds. */
const TYPING_PAUSE = 800;

/** Gives keys, text and pastes to what is shown. */
export class InputHandler {
  readonly #app: App;
  readonly #prompt: PromptInput;
  readonly #now: () => number;
  #lastInterrupt = Number.NEGATIVE_INFINITY;
  #lastTyped = Number.NEGATIVE_INFINITY;

  /** @param now Milliseconds since any moment. */
  constructor(app: App, now: () => number = () => performance.now()) {
    this.#app = app;
    this.#now = now;
    this.#prompt = new PromptInput(app);
  }

  handle(input: Input): void {
    const app = this.#app;
    const name = input.type === "key" ? keyName(input) : "";
    const { hint, permission, panel, editor } = app.state;
    if (name === "ctrl-c" || (name === "ctrl-d" && editor.text === "" && panel === undefined)) {
      this.#interrupt();
      return;
    }
    if (name === "ctrl-z" && process.platform !== "win32") {
      app.suspend();
      return;
    }
    if (hint !== undefined) app.drop("hint");
    if (permission !== undefined && !this.#isStillTyping(input)) permissionInput(app, permission, input);
    else if (permission === undefined && panel?.type === "picker") pickerInput(app, panel, input);
    else if (permission === undefined && panel?.type === "page") pageInput(app, panel, input);
    else {
      if (input.type === "text") this.#lastTyped = this.#now();
      this.#prompt.handle(input);
    }
  }

  /** Whether a question came up in the middle of a word: what goes on being typed is no answer to it. */
  #isStillTyping(input: Input): boolean {
    const { editor, permission } = this.#app.state;
    const mayAnswer = input.type === "text" || (input.type === "key" && keyName(input) === "enter");
    return (
      mayAnswer &&
      editor.text !== "" &&
      permission?.reason === undefined &&
      this.#now() - this.#lastTyped < TYPING_PAUSE
    );
  }

  /** The first time it stops or empties what there is; the second time it leaves. */
  #interrupt(): void {
    const app = this.#app;
    const now = this.#now();
    const isSecond = now - this.#lastInterrupt < LEAVE_WITHIN;
    this.#lastInterrupt = now;
    if (isSecond) {
      app.quit();
      return;
    }
    if (app.conversation.state.phase !== "idle") {
      app.stopRun();
      app.hint("Stopped. Ctrl-C again leaves.");
      return;
    }
    const { text, cut } = app.state.editor;
    app.drop("panel", "completion");
    app.change({ editor: { ...EMPTY_EDITOR, cut: text === "" ? cut : text } });
    app.hint(text === "" ? "Ctrl-C again leaves." : "Ctrl-C again leaves. Ctrl-Y brings the text back.");
  }
}
