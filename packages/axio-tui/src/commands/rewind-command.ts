import type { Message } from "axio";
import { makePicker, type PickerItem } from "../panels/picker.ts";
import { mergeChanges } from "../snapshots/file-version.ts";
import { userEntry } from "../transcript/from-history.ts";
import type { Command, CommandContext } from "./command.ts";
import { confirmRestore } from "./file-commands.ts";

/** A prompt of the history. */
interface EarlierPrompt {
  readonly index: number;
  readonly text: string;
}

export const rewindCommand: Command = {
  name: "rewind",
  description: "Go back to an earlier prompt: the conversation, the files, or both",
  async run(context) {
    const { session, files } = context.conversation;
    const prompts = session === undefined ? [] : earlierPrompts(await session.history());
    const runs = session === undefined ? [] : await files.runs(session);
    context.show(
      makePicker({
        title: "Go back to before",
        empty: "There is no earlier prompt yet.",
        items: prompts.toReversed().map((prompt): PickerItem => {
          const later = runs.filter(({ index, undoneBy }) => index >= prompt.index && undoneBy === undefined);
          const { length } = mergeChanges(later.map(({ changes }) => changes));
          return {
            label: prompt.text,
            detail: length === 0 ? undefined : `${length} ${length === 1 ? "file" : "files"} changed since`,
            choose: () => chooseScope(context, prompt, length),
          };
        }),
      }),
    );
  },
};

/** Returns the prompts of a history, oldest first. */
function earlierPrompts(history: readonly Message[]): readonly EarlierPrompt[] {
  return history.flatMap((message, index) => {
    const entry = message.role === "user" ? userEntry(message) : undefined;
    return entry?.kind === "user" && entry.text !== "" ? [{ index, text: entry.text }] : [];
  });
}

function chooseScope(context: CommandContext, prompt: EarlierPrompt, changedFiles: number): void {
  const attempt = (work: () => Promise<void>) => (): void => {
    work().catch((error: unknown) => context.conversation.showError(error));
  };
  const conversationOnly = async (): Promise<void> => {
    await context.conversation.rewind(prompt.index);
    context.fillPrompt(prompt.text);
    context.hint("/redo brings the rest of the conversation back.");
  };
  if (changedFiles === 0) {
    attempt(conversationOnly)();
    return;
  }
  const restoreFiles = async (done: () => Promise<void>): Promise<void> => {
    const { session, files } = context.conversation;
    if (session === undefined) return;
    confirmRestore(
      context,
      await files.planRewind(session, prompt.index),
      "The files are as before the prompt",
      done,
    );
  };
  const count = `${changedFiles} ${changedFiles === 1 ? "file" : "files"}`;
  context.show(
    makePicker({
      title: "Go back with",
      empty: "",
      items: [
        {
          label: "The conversation and the files",
          detail: count,
          choose: attempt(() => restoreFiles(conversationOnly)),
        },
        {
          label: "The conversation only",
          detail: "the files stay as they are",
          choose: attempt(conversationOnly),
        },
        {
          label: "The files only",
          detail: `${count}; the conversation stays`,
          choose: attempt(() => restoreFiles(async () => undefined)),
        },
      ],
    }),
  );
}
