import type { Draft, SessionDatabase } from "axio-context-sqlite";
import type { ConversationState } from "../conversation/state.ts";
import type { Store } from "../conversation/store.ts";
import type { View } from "../panels/view.ts";
import { setText, wholeText } from "../prompt/editor.ts";
import { remember, restoreHistory } from "../prompt/history.ts";

/** How long typing may be on the screen only, in milliseconds. */
const SAVE_DELAY_MS = 250;

/** Options of {@link PromptKeeper}. */
export interface PromptKeeperOptions {
  readonly view: Store<View>;
  readonly conversation: Store<ConversationState>;
  readonly sessions: SessionDatabase;
  /** The working directory. */
  readonly cwd: string;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps what the user writes on the disk: the draft, the prompts that wait, and the prompt history. A prompt that was sent is
 * part of the draft until the session has it.
 */
export class PromptKeeper {
  readonly #options: PromptKeeperOptions;
  #sending: readonly string[] = [];
  #saved = draftKey({ text: "", queued: [] });
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: PromptKeeperOptions) {
    this.#options = options;
  }

  /** Saves what changes from now on. Returns a function that ends it. */
  follow(): () => void {
    const { view, conversation } = this.#options;
    const subscriptions = [view.subscribe(this.#schedule), conversation.subscribe(this.#schedule)];
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    };
  }

  /** Restores the prompt history, and what was written but not sent in this folder. Returns whether something was. */
  async restore(): Promise<boolean> {
    const { view, sessions, cwd } = this.#options;
    const texts = await sessions.prompts({ directory: cwd });
    view.change({ history: restoreHistory(view.state.history, texts) });
    const draft = await sessions.takeDraft(cwd);
    if (draft === undefined) return false;
    const { editor } = view.state;
    // What was typed during the start comes last.
    const text = [...draft.queued, draft.text, wholeText(editor)].filter((part) => part !== "").join("\n");
    view.change({ editor: setText(editor, text) });
    return true;
  }

  /** Keeps a prompt that has left the prompt line, until `arrived()`. */
  sent(text: string): void {
    this.#sending = [...this.#sending, text];
    this.remember(text);
    this.#save();
  }

  /** Adds a text to the prompt history. */
  remember(text: string): void {
    const { view, sessions, cwd, onFailure } = this.#options;
    view.change({ history: remember(view.state.history, text) });
    sessions.addPrompt(text, cwd).catch(onFailure);
  }

  /** Tells that the conversation has a prompt. */
  arrived(text: string): void {
    const at = this.#sending.indexOf(text);
    if (at >= 0) this.#sending = this.#sending.toSpliced(at, 1);
    this.#schedule();
  }

  /** Saves what is left. */
  async close(): Promise<void> {
    this.#save();
    await this.#saving;
  }

  readonly #schedule = (): void => {
    if (this.#timer !== undefined || draftKey(this.#draft()) === this.#saved) return;
    this.#timer = setTimeout(() => this.#save(), SAVE_DELAY_MS);
  };

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const draft = this.#draft();
    const key = draftKey(draft);
    if (key === this.#saved) return;
    this.#saved = key;
    const { sessions, cwd, onFailure } = this.#options;
    this.#saving = sessions.saveDraft(draft, cwd).catch(onFailure);
  }

  #draft(): Draft {
    const { view, conversation } = this.#options;
    const { starting, queued } = conversation.state;
    return {
      text: wholeText(view.state.editor),
      queued: [...(starting === undefined ? [] : [starting]), ...queued, ...this.#sending],
    };
  }
}

function draftKey({ text, queued }: Draft): string {
  return JSON.stringify([text, queued]);
}
