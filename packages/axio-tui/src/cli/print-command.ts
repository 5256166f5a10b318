import { toAxioError } from "axio/internal";
import { escapeLine, UsageError } from "axio-cli/internal";
import { openSessions, type SessionDatabase } from "axio-context-sqlite";
import { lastSession } from "../conversation/last-session.ts";
import { HeadlessConversation } from "../headless/conversation.ts";
import { SCRIPT_EXIT } from "../headless/exit-code.ts";
import { printFailure, printRun } from "../headless/print-run.ts";
import { openWorkspace } from "../headless/workspace.ts";
import { openCommandSettings } from "../host/environment.ts";
import type { CommandContext } from "../host/io.ts";
import { readAttachment } from "../prompt/attachments.ts";
import { readPrompt } from "./piped-input.ts";
import type { ChatInvocation } from "./read-arguments.ts";
import { accessOptions, DEFAULT_SCRIPT, readSchema } from "./script-options.ts";
import { leftOutLine } from "./trust.ts";

/** `axio -p`: answers one prompt without screens and questions. Returns the exit code. */
export async function runPrint(
  invocation: ChatInvocation,
  cwd: string,
  context: CommandContext,
): Promise<number> {
  const { script = DEFAULT_SCRIPT } = invocation;
  const timeLimit = script.timeoutMs === undefined ? undefined : AbortSignal.timeout(script.timeoutMs);
  try {
    return await answer(invocation, cwd, context, timeLimit);
  } catch (error) {
    if (timeLimit?.aborted && !context.io.signal.aborted) {
      await context.err.line("The time limit is reached.");
      return SCRIPT_EXIT.timedOut;
    }
    const failure = error instanceof UsageError ? undefined : toAxioError(error);
    if (failure !== undefined) await printFailure(failure, script.output, context.out);
    throw error;
  }
}

async function answer(
  invocation: ChatInvocation,
  cwd: string,
  { io, out, err }: CommandContext,
  timeLimit: AbortSignal | undefined,
): Promise<number> {
  const { script = DEFAULT_SCRIPT, start } = invocation;
  const signal = timeLimit === undefined ? io.signal : AbortSignal.any([io.signal, timeLimit]);
  const output = script.schema === undefined ? undefined : await readSchema(script.schema);
  const files = await Promise.all(script.attach.map((path) => readAttachment(path, io.cwd)));
  const prompt = await readPrompt(invocation.prompt, { stdin: io.stdin, signal });
  if (prompt.trim() === "" && files.length === 0) throw missingPrompt(io.env["TERM"] === "dumb");
  const { settings, mistakes } = await openCommandSettings();
  for (const { message } of mistakes) await err.line(escapeLine(message));
  const workspace = await openWorkspace({ io, cwd, settings, ...accessOptions(invocation.access), start });
  const leftOut = leftOutLine(workspace.opened);
  if (leftOut !== undefined) await err.line(leftOut);
  await using sessions = script.isStored ? await openSessions() : undefined;
  const { tools } = script;
  const conversation = await HeadlessConversation.open({
    workspace,
    sessions,
    system: script.system,
    maxSteps: script.maxSteps,
    hasTool: tools && ((name) => tools.includes(name)),
  });
  try {
    if (tools !== undefined) await reportMissing(tools, await conversation.tools(), err);
    if (sessions !== undefined && !(await resume(conversation, sessions, invocation)))
      await err.line("There is no stored conversation in this folder yet. This is a new one.");
    const blocks = [...(prompt === "" ? [] : [{ type: "text" as const, text: prompt }]), ...files];
    return await printRun(
      conversation,
      blocks,
      { format: script.output, signal: io.signal, timeLimit, output },
      { out, err },
    );
  } finally {
    await conversation.close();
  }
}

/** Continues the session that the command line names. Returns whether there is one, if it names one. */
async function resume(
  conversation: HeadlessConversation,
  sessions: SessionDatabase,
  { start, script }: ChatInvocation,
): Promise<boolean> {
  if (start.session === undefined) return true;
  const { cwd } = conversation.workspace;
  const id = start.session.type === "id" ? start.session.id : await lastSession(sessions, cwd);
  if (id === undefined) return false;
  await conversation.resume(id);
  if (script?.fork === true) await conversation.fork();
  return true;
}

async function reportMissing(
  wanted: readonly string[],
  tools: readonly string[],
  err: CommandContext["err"],
): Promise<void> {
  const missing = wanted.filter((name) => !tools.includes(name));
  if (missing.length > 0) await err.line(escapeLine(`There is no tool ${missing.join(", ")}.`));
}

function missingPrompt(isDumb: boolean): UsageError {
  return new UsageError(
    "There is no prompt.",
    isDumb
      ? 'Pass one: axio -p "What is in this folder?" A conversation needs a terminal other than TERM=dumb.'
      : 'Pass one: axio -p "What is in this folder?", or pipe one in.',
  );
}
