import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { StoredSession } from "axio-context-sqlite";
import { makePicker, type PickerItem } from "../panels/picker.ts";
import { shortNumber } from "../status/status-line.ts";
import { formatAge } from "../status/time.ts";
import type { Command, CommandContext } from "./command.ts";

export const sessionsCommand: Command = {
  name: "sessions",
  description: "Find a conversation and go on with it",
  argument: "[words]",
  async run(context, argument) {
    const search = async (words: string): Promise<readonly PickerItem[]> =>
      (await context.options.sessions.list({ limit: 50, search: words })).map((session) =>
        sessionItem(context, session),
      );
    context.show({
      ...makePicker({
        title: "Sessions",
        empty: "No conversation is kept yet.",
        items: await search(argument),
        search,
      }),
      filter: argument,
    });
  },
};

export const forkCommand: Command = {
  name: "fork",
  description: "Go on in a copy of this conversation",
  async run({ conversation }) {
    if (await conversation.fork())
      conversation.say("info", "You go on in a copy. The conversation so far is kept: /sessions");
    else conversation.say("info", "There is nothing to fork yet.");
  },
};

export const clearCommand: Command = {
  name: "clear",
  description: "Begin a new conversation; this one is kept",
  run: ({ conversation }) => conversation.clear(),
};

export const compactCommand: Command = {
  name: "compact",
  description: "Put the older part of the conversation into fewer words",
  argument: "[undo]",
  run: ({ conversation }, argument) =>
    argument === "undo" ? conversation.undoCompaction() : conversation.compact(),
};

export const exportCommand: Command = {
  name: "export",
  description: "Write the conversation to a file, as Markdown or JSON",
  argument: "[file.md | file.json]",
  isAlwaysReady: true,
  async run({ conversation, options }, argument) {
    const { session } = conversation;
    if (session === undefined) {
      conversation.say("info", "There is nothing to export yet.");
      return;
    }
    const name = argument === "" ? `axio-${session.id.slice(0, 8)}.md` : argument;
    const path = resolve(options.folder, name);
    const text = path.endsWith(".json")
      ? await options.sessions.exportJson(session.id)
      : await options.sessions.exportMarkdown(session.id);
    try {
      // A file that is there may be somebody's work.
      await writeFile(path, text, { flag: "wx", mode: 0o600 });
      conversation.say("info", `The conversation was written to ${path}`);
    } catch (error) {
      const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!exists) throw error;
      conversation.say(
        "warning",
        `${path} is there already, and was left as it is.`,
        "Give another name: /export notes.md",
      );
    }
  },
};

function sessionItem(context: CommandContext, session: StoredSession): PickerItem {
  const { id, preview, excerpt, updatedAt, messageCount, tokenCount, forkedFrom } = session;
  const facts = [
    formatAge(updatedAt, Date.now()),
    `${messageCount} messages`,
    `${shortNumber(tokenCount)} tokens`,
    ...(forkedFrom === undefined ? [] : ["a copy"]),
    ...(excerpt === undefined ? [] : [excerpt]),
  ];
  return {
    label: preview === "" ? "(no text)" : preview,
    detail: facts.join(", "),
    isCurrent: context.conversation.session?.id === id,
    choose: () => {
      context.resume(id).catch((error: unknown) => context.conversation.sayError(error));
    },
  };
}
