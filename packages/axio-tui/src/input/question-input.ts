import type { App } from "../app/app.ts";
import type { PermissionPanel } from "../panels/permission.ts";
import { keyName } from "../prompt/edit-key.ts";
import { moveLine } from "../prompt/editor.ts";
import type { Input } from "../terminal/keys.ts";
import { isAnswerKey, isScrollable, permissionInput } from "./permission-input.ts";
import type { PromptInput } from "./prompt-input.ts";
import type { QuestionGuard } from "./question-guard.ts";

/** The keys that move from the prompt to the answers. */
const MOVES = ["up", "down", "tab"];
/** The keys that a question takes while the prompt is empty. */
const TAKEN = [...MOVES, "home", "end", "enter"];

/**
 * Divides the input between a permission request and the prompt below it. The request gets a key that can be an answer only
 * if the user has seen the request and writes nothing, or has moved to the answers.
 */
export class QuestionInput {
  readonly #app: App;
  readonly #guard: QuestionGuard;
  readonly #prompt: PromptInput;

  constructor(app: App, guard: QuestionGuard, prompt: PromptInput) {
    this.#app = app;
    this.#guard = guard;
    this.#prompt = prompt;
  }

  handle(panel: PermissionPanel, input: Input): void {
    const name = input.type === "key" ? keyName(input) : "";
    if (panel.reason !== undefined || panel.rule !== undefined || name === "escape")
      this.#toQuestion(panel, input);
    else if (this.#guard.isRepeatedAnswer(input)) this.#guard.restart();
    else if (input.type === "scroll" || name === "pageup" || name === "pagedown") {
      if (isScrollable(this.#app, panel)) this.#toQuestion(panel, input);
      else this.#toPrompt(input);
    } else if (!this.#guard.isReady) this.#toPrompt(input);
    else if (panel.isFocused) this.#focused(panel, input, name);
    else this.#unfocused(panel, input, name);
  }

  #focused(panel: PermissionPanel, input: Input, name: string): void {
    if (isAnswerKey(panel, input) || TAKEN.includes(name)) this.#toQuestion(panel, input);
    else if (input.type !== "key") {
      // Other text shows that the user writes on.
      this.#app.change({ permission: { ...panel, isFocused: false, index: undefined } });
      this.#toPrompt(input);
    }
  }

  #unfocused(panel: PermissionPanel, input: Input, name: string): void {
    const { editor } = this.#app.state;
    if (editor.text !== "" || this.#guard.isMessaging) {
      const isMoveInPrompt =
        (name === "up" && moveLine(editor, -1) !== undefined) ||
        (name === "down" && moveLine(editor, 1) !== undefined);
      if (MOVES.includes(name) && !isMoveInPrompt)
        this.#app.change({ permission: { ...panel, isFocused: true } });
      else this.#toPrompt(input);
    } else if (isAnswerKey(panel, input) || TAKEN.includes(name)) this.#toQuestion(panel, input);
    else this.#toPrompt(input);
  }

  #toQuestion(panel: PermissionPanel, input: Input): void {
    const { permissions } = this.#app.options;
    permissionInput(this.#app, panel, input);
    if (permissions.current?.id !== panel.pending.id) this.#guard.answered(input);
  }

  #toPrompt(input: Input): void {
    const app = this.#app;
    const before = app.state.editor.text;
    // Suggestions have no room beside a question, and Tab moves to the answers.
    if (app.state.completion !== undefined) app.change({ completion: undefined });
    this.#prompt.handle(input);
    if (before === "" || app.state.editor.text !== "") return;
    if (input.type === "key" && keyName(input) === "enter") this.#guard.sentPrompt();
    else this.#guard.restart();
  }
}
