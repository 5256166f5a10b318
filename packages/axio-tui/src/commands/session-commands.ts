import { rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { errorCode, errorText } from "axio/internal";
import type { StoredSession } from "axio-context-sqlite";
import { makePicker, type PickerItem } from "../panels/picker.ts";
import { shortNumber } from "../status/status-line.ts";
import { formatAge } from "../status/time.ts";
import { shortPath } from "../theme/short-path.ts";
import type { Command, CommandContext } from "./command.ts";

export const sessionsCommand: Command = {
  name: "sessions",
  aliases: ["resume"],
  description: "Find and continue a conversation",
  argument: "[words]",
  async run(context, argument) {
    const { sessions, cwd } = context.options;
    const search = async (words: string): Promise<readonly PickerItem[]> => {
      const own = await sessions.list({ limit: 50, search: words, directory: cwd });
      const all = await sessions.list({ limit: 100, search: words });
      const others = all.filter(({ directory }) => directory !== cwd);
      return [...own, ...others].map((session) => sessionItem(context, session));
    };
    context.show({
      ...makePicker({
        title: "Sessions",
        empty: "There is no stored conversation yet.",
        items: await search(argument),
        search,
      }),
      filter: argument,
    });
  },
};

export const forkCommand: Command = {
  name: "fork",
  description: "Continue in a copy of this conversation",
  async run({ conversation }) {
    if (await conversation.fork())
      conversation.notify("info", "You continue in a copy. /sessions lists the original.");
    else conversation.notify("info", "There is nothing to fork yet.");
  },
};

export const clearCommand: Command = {
  name: "clear",
  aliases: ["new"],
  description: "Start a new conversation; this one stays stored",
  run: ({ conversation }) => conversation.clear(),
};

export const compactCommand: Command = {
  name: "compact",
  description: "Summarize earlier messages",
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
      conversation.notify("info", "There is nothing to export yet.");
      return;
    }
    const name = argument === "" ? `axio-${session.id.slice(0, 8)}.md` : argument;
    const home = options.env["HOME"] ?? homedir();
    const path = name.startsWith("~/") ? join(home, name.slice(2)) : resolve(options.cwd, name);
    const text = path.endsWith(".json")
      ? await options.sessions.exportJson(session.id)
      : await options.sessions.exportMarkdown(session.id);
    try {
      // Never overwrites a file of the user.
      await writeFile(path, text, { flag: "wx", mode: 0o600 });
      conversation.notify("info", `The conversation was written to ${path}`);
    } catch (error) {
      const code = errorCode(error) ?? "";
      if (code !== "EEXIST") await rm(path, { force: true }).catch(() => undefined);
      conversation.notify(
        "warning",
        code === "EEXIST"
          ? `${path} already exists and was not changed.`
          : `${path} was not written: ${WRITE_ERRORS[code] ?? `the system reports ${code || errorText(error)}`}.`,
        "Choose another name: /export ~/notes.md",
      );
    }
  },
};

const WRITE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is a file",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "its name is too long",
};

function sessionItem(context: CommandContext, session: StoredSession): PickerItem {
  const { id, preview, excerpt, updatedAt, messageCount, tokenCount, forkedFrom, directory } = session;
  const isOwn = directory === context.options.cwd;
  const details = [
    ...(isOwn || directory === undefined ? [] : [shortPath(directory, context.options.env["HOME"])]),
    formatAge(updatedAt, Date.now()),
    `${messageCount} messages`,
    `${shortNumber(tokenCount)} tokens`,
    ...(forkedFrom === undefined ? [] : ["a copy"]),
    ...(excerpt === undefined ? [] : [excerpt]),
  ];
  return {
    label: preview === "" ? "(no text)" : preview,
    detail: details.join(", "),
    group: isOwn ? "This folder" : "Other folders",
    isCurrent: context.conversation.session?.id === id,
    choose: () => {
      context.resume(id).catch((error: unknown) => context.conversation.showError(error));
    },
  };
}
