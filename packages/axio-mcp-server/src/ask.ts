import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { AxioError } from "axio";
import type { SessionDatabase } from "axio-context-sqlite";
import {
  HeadlessConversation,
  type HeadlessEvent,
  openWorkspace,
  type ResultEvent,
  type SettingsStore,
  type WorkspaceIo,
} from "axio-tui/internal";

/** The tools of the inner agent that only look. */
const READ_ONLY: ReadonlySet<string> = new Set(["read_file", "list_files", "search_files"]);

/** Everything that calls share. */
export interface AskEnvironment {
  readonly io: WorkspaceIo;
  /** The folder of questions that name no other. */
  readonly cwd: string;
  readonly settings: SettingsStore;
  readonly database: SessionDatabase;
  /** Whether the inner agent has all tools, as far as the user's permission rules allow. Default: only those that look. */
  readonly allowsChanges: boolean;
}

/** A question to the agent. */
export interface Question {
  readonly prompt: string;
  /** The session to continue. Default: a new one. */
  readonly session?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  /** The working folder. Default: that of the server. */
  readonly folder?: string | undefined;
}

/**
 * Asks the agent. No user can answer, so whatever a permission rule does not allow is denied.
 *
 * @param onEvent Called with each event of the run. The run waits for it.
 * @throws AxioError if there is no sign-in, no such session, folder or provider, or the terms of the sign-in forbid it.
 */
export async function ask(
  question: Question,
  environment: AskEnvironment,
  options: { readonly signal: AbortSignal; readonly onEvent: (event: HeadlessEvent) => Promise<void> },
): Promise<ResultEvent> {
  const { prompt, session, provider, model, effort, folder = "." } = question;
  const { io, settings, database, allowsChanges } = environment;
  const cwd = await existingFolder(isAbsolute(folder) ? folder : resolve(environment.cwd, folder));
  const workspace = await openWorkspace({ io, cwd, settings, start: { provider, model, effort } });
  const conversation = await HeadlessConversation.open({
    workspace,
    sessions: database,
    hasTool: allowsChanges ? undefined : (name) => READ_ONLY.has(name),
  }).catch((error: unknown) => {
    workspace.close();
    throw error;
  });
  try {
    const { notForOthers } = conversation.active.transport;
    if (notForOthers !== undefined)
      throw new AxioError(
        "forbidden",
        `${notForOthers} Select another provider: its name is an argument of the tool.`,
      );
    if (session !== undefined) await conversation.resume(session);
    for await (const event of conversation.run([{ type: "text", text: prompt }], {
      signal: options.signal,
    })) {
      if (event.type === "result") return event;
      await options.onEvent(event);
    }
    throw new Error("The run ended without a result.");
  } finally {
    await conversation.close();
  }
}

async function existingFolder(folder: string): Promise<string> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory() === true) return folder;
  throw new AxioError("invalid-argument", `There is no folder ${folder}. Name an existing one.`);
}
