import type { App } from "../app/app.ts";
import { saveClipboardPicture } from "../app/clipboard-picture.ts";
import { transcriptHeight } from "../app/frame.ts";
import { findCommand } from "../commands/command-table.ts";
import { applyCompletion, type Completion, moveCompletion } from "../prompt/completion.ts";
import { EditHistory } from "../prompt/edit-history.ts";
import { editKey, keyName } from "../prompt/edit-key.ts";
import { type Editor, insert, moveLine, replaceRange, setText, wholeText } from "../prompt/editor.ts";
import { recall } from "../prompt/history.ts";
import { insertPasted } from "../prompt/pasting.ts";
import type { Input, Key } from "../terminal/keys.ts";
import { allEntries } from "../transcript/transcript.ts";
import { scrollAnchor, topAnchor } from "../transcript/viewport.ts";
import { Completer } from "./completer.ts";
import { historyPicker } from "./history-picker.ts";

type Actions = { readonly [key: string]: () => void };

/** Handles input for the prompt. */
export class PromptInput {
  readonly #app: App;
  readonly #completer: Completer;
  readonly #edits = new EditHistory();
  /** Whether the last key was an Escape that had nothing to stop. */
  #isEscaped = false;

  constructor(app: App) {
    this.#app = app;
    this.#completer = new Completer(app);
  }

  handle(input: Input): void {
    const { editor } = this.#app.state;
    const isEscaped = this.#isEscaped && input.type === "key" && keyName(input) === "escape";
    this.#isEscaped = false;
    if (isEscaped) {
      this.#app.submit("/rewind");
      return;
    }
    if (input.type === "scroll") this.#scroll(input.rows);
    else if (input.type === "text") this.#edit(insert(editor, input.text));
    else if (input.type === "key") this.#key(input);
    else {
      const pasted = insertPasted(editor, input);
      if (pasted.editor === undefined) this.#app.hint(pasted.problem);
      else this.#edit(pasted.editor);
    }
  }

  #key(key: Key): void {
    const name = keyName(key);
    const { completion, editor } = this.#app.state;
    const action =
      (completion === undefined ? undefined : this.#completionActions(completion)[name]) ??
      this.#actions()[name];
    if (action !== undefined) {
      action();
      return;
    }
    const edited = editKey(editor, key);
    if (edited !== undefined) this.#edit(edited);
  }

  #completionActions(completion: Completion): Actions {
    const app = this.#app;
    const { editor } = app.state;
    const move = (by: number): void => app.change({ completion: moveCompletion(completion, by) });
    const isCommand = editor.text.startsWith("/");
    const isComplete = findCommand(app.commands, editor.text.slice(1)) !== undefined;
    const accept = (): void => this.#edit(applyCompletion(editor, completion));
    return {
      up: () => move(-1),
      "ctrl-p": () => move(-1),
      down: () => move(1),
      "ctrl-n": () => move(1),
      escape: () => app.change({ completion: undefined }),
      tab: accept,
      enter: () => {
        if (!(isCommand && isComplete)) accept();
        // A command runs at once; a path is part of a sentence that continues.
        if (isCommand) app.submitEditor();
      },
    };
  }

  #actions(): Actions {
    const app = this.#app;
    const { editor, anchor } = app.state;
    const isIdle = app.conversation.state.phase === "idle";
    const follow = (): void => app.change({ anchor: undefined });
    return {
      enter: () => {
        if (editor.text.slice(0, editor.cursor).endsWith("\\"))
          this.#edit(replaceRange(editor, editor.cursor - 1, editor.cursor, "\n"));
        else app.submitEditor();
      },
      escape: () => {
        if (!isIdle) app.stopRun();
        else if (anchor !== undefined) follow();
        else if (editor.text === "") {
          this.#isEscaped = true;
          app.hint("Press Esc again to go back to an earlier prompt.");
        }
      },
      up: () => this.#line(-1),
      down: () => this.#line(1),
      pageup: () => this.#scroll(2 - this.#height()),
      pagedown: () => this.#scroll(this.#height() - 2),
      "shift-up": () => this.#scroll(-1),
      "shift-down": () => this.#scroll(1),
      "ctrl-up": () => this.#scroll(-1),
      "ctrl-down": () => this.#scroll(1),
      "ctrl-home": () => app.change({ anchor: topAnchor(this.#entries(), this.#height(), app.rowsOf()) }),
      "ctrl-end": follow,
      ...(editor.text === "" && anchor !== undefined ? { end: follow } : {}),
      "ctrl-o": () => app.change({ isExpanded: !app.state.isExpanded, anchor: undefined }),
      "ctrl-l": () => app.onRedraw(),
      "ctrl-r": () => app.show(historyPicker(app.state.history, (text) => this.#replace(text))),
      "ctrl-g": () => {
        app.onEdit(wholeText(editor)).then(
          (text) => text !== undefined && this.#replace(text),
          (error: unknown) => app.conversation.showError(error),
        );
      },
      "ctrl-v": () => void this.#attachPicture(),
      "ctrl-_": () => {
        const before = this.#edits.undo(editor);
        if (before !== undefined) app.change({ editor: before });
      },
      tab: () => this.#completer.update(),
    };
  }

  /** Moves by a line in the text or, at its first or last line, in the prompt history. */
  #line(by: -1 | 1): void {
    const app = this.#app;
    const { editor, history } = app.state;
    const moved = moveLine(editor, by);
    const recalled = moved === undefined ? recall(history, by, editor.text) : undefined;
    if (moved !== undefined) app.change({ editor: moved });
    else if (recalled !== undefined)
      app.change({ history: recalled.history, editor: setText(editor, recalled.text) });
  }

  /** Attaches the picture in the clipboard: terminals paste text only. */
  async #attachPicture(): Promise<void> {
    const app = this.#app;
    const file = await saveClipboardPicture(app.options.env);
    if (file === undefined)
      app.hint("There is no picture in the clipboard, or no wl-paste, xclip or pngpaste to read it.");
    else this.#edit(insert(app.state.editor, `@"${file}" `));
  }

  #replace(text: string): void {
    const { editor } = this.#app.state;
    this.#edit(setText(editor, text));
  }

  #edit(editor: Editor): void {
    this.#edits.add(this.#app.state.editor, editor);
    this.#app.change({ editor });
    this.#completer.update();
  }

  #scroll(by: number): void {
    const app = this.#app;
    const anchor = scrollAnchor(this.#entries(), app.state.anchor, by, this.#height(), app.rowsOf());
    app.change({ anchor });
  }

  #entries(): ReturnType<typeof allEntries> {
    return allEntries(this.#app.conversation.state.transcript);
  }

  #height(): number {
    const { state, conversation } = this.#app;
    return Math.max(1, transcriptHeight(state, conversation.state, Date.now()));
  }
}
