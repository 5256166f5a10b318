import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { AxioError, isJsonObject, type Message, parseMessages } from "axio";
import { homeDir, replaceFile } from "axio-auth";
import type { CliIo } from "./io.ts";
import { UsageError } from "./usage-error.ts";

/** The last conversation, as it is kept for `--continue`. */
export interface Conversation {
  /** Names it to the backend, which finds its cache again by it. */
  readonly id: string;
  readonly model?: string;
  readonly messages: readonly Message[];
}

/** A conversation that begins. */
export function newConversation(): Conversation {
  return { id: randomUUID(), messages: [] };
}

/** Where the last conversation of a provider's profile lies: `$XDG_STATE_HOME/axio`, or what stands for it on the platform. */
export function conversationPath(provider: string, profile: string, io: CliIo): string {
  return join(stateFolder(io), "axio", `${provider}-conversation-${profile.replace(/[^\w.-]/g, "_")}.json`);
}

/**
 * Reads the last conversation.
 *
 * @throws UsageError where there is none; AxioError `store-unavailable` where it makes no sense.
 */
export async function loadConversation(path: string): Promise<Conversation> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
      throw new UsageError("There is no conversation to continue.", "Leave --continue out to begin one.");
    throw unreadable(path, cause);
  }
  try {
    const value: unknown = JSON.parse(text);
    const { id, model, messages } = isJsonObject(value) ? value : {};
    return {
      id: typeof id === "string" && id !== "" ? id : randomUUID(),
      ...(typeof model === "string" && model !== "" ? { model } : {}),
      messages: parseMessages(messages),
    };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Keeps a conversation, readable by its owner only, in the place of the last one. */
export async function saveConversation(path: string, conversation: Conversation): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(conversation)}\n`);
  } catch (cause) {
    throw new AxioError(
      "store-unavailable",
      `The conversation could not be kept at ${path}. --continue will go on with an older one.`,
      { cause },
    );
  }
}

function unreadable(path: string, cause: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    `The last conversation cannot be read. Ask without --continue to begin a new one; it lies at ${path}.`,
    { cause },
  );
}

/** @see https://specifications.freedesktop.org/basedir-spec */
function stateFolder({ env, platform, home }: CliIo): string {
  const xdg = env["XDG_STATE_HOME"];
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  if (platform === "win32") return env["LOCALAPPDATA"] || join(home ?? homeDir(), "AppData", "Local");
  return platform === "darwin"
    ? join(home ?? homeDir(), "Library", "Application Support")
    : join(home ?? homeDir(), ".local", "state");
}
