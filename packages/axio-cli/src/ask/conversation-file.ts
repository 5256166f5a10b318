import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AxioError, isJsonObject, MemoryContextStore, type Message, parseMessages } from "axio";
import { errorCode } from "axio/internal";
import { absoluteVariable, homeDir, replaceFile, withoutByteOrderMark } from "axio-auth/internal";
import type { CliIo } from "../io.ts";
import { UsageError } from "../usage-error.ts";

/** The last conversation, as stored for `--continue`. */
export interface Conversation {
  readonly id: string;
  readonly model?: string | undefined;
  readonly messages: readonly Message[];
}

/** A conversation in memory that keeps the id it had, so that the provider finds its cache. */
export class ContinuedConversation extends MemoryContextStore {
  override readonly id: string;

  constructor({ id, messages }: Conversation) {
    super(messages);
    this.id = id;
  }
}

/** Creates an empty conversation. */
export function newConversation(): Conversation {
  return { id: randomUUID(), messages: [] };
}

/** Returns where the last conversation of a profile is stored: `$XDG_STATE_HOME/axio`, or its equivalent on the platform. */
export function conversationPath(provider: string, profile: string, { env }: Pick<CliIo, "env">): string {
  return join(stateDir(env), "axio", `${provider}-conversation-${profile.replace(/[^\w.-]/g, "_")}.json`);
}

/**
 * Reads the last conversation.
 *
 * @throws UsageError if there is none; AxioError `store-unavailable` if it cannot be read.
 */
export async function loadConversation(path: string): Promise<Conversation> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT")
      throw new UsageError("There is no conversation to continue.", "Leave --continue out to start one.");
    throw unreadable(path, cause);
  }
  try {
    const value: unknown = JSON.parse(withoutByteOrderMark(text) ?? "");
    const { id, model, messages } = isJsonObject(value) ? value : {};
    return {
      id: typeof id === "string" && id !== "" ? id : randomUUID(),
      model: typeof model === "string" && model !== "" ? model : undefined,
      messages: parseMessages(messages),
    };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Replaces the last conversation. Only the user can read the file. */
export async function saveConversation(path: string, conversation: Conversation): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(conversation)}\n`);
  } catch (cause) {
    throw new AxioError(
      "store-unavailable",
      `The conversation could not be saved in ${path}. --continue will continue an older one.`,
      { cause },
    );
  }
}

function unreadable(path: string, cause: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    `The last conversation cannot be read. Ask without --continue to start a new one. The file is ${path}.`,
    { cause },
  );
}

/** @see https://specifications.freedesktop.org/basedir-spec */
function stateDir(env: CliIo["env"]): string {
  const xdg = absoluteVariable(env["XDG_STATE_HOME"], env);
  if (xdg !== undefined) return xdg;
  if (process.platform === "win32")
    return absoluteVariable(env["LOCALAPPDATA"], env) ?? join(homeDir(env), "AppData", "Local");
  return process.platform === "darwin"
    ? join(homeDir(env), "Library", "Application Support")
    : join(homeDir(env), ".local", "state");
}
