import { Agent, AxioError, type Block, type RunEndReason, type StreamEvent } from "axio";
import { expandPath } from "axio-auth/internal";
import { readDocument, readImage } from "../ask/attachments.ts";
import {
  ContinuedConversation,
  conversationPath,
  loadConversation,
  newConversation,
  saveConversation,
} from "../ask/conversation-file.ts";
import { EventRenderer } from "../ask/event-renderer.ts";
import { readPrompt } from "../ask/prompt.ts";
import { type CommandContext, createHost, type Outputs, warn } from "../command-context.ts";
import { exitCodeOf } from "../error-exit-code.ts";
import { EXIT } from "../exit-codes.ts";
import { errorToJson } from "../report-error.ts";
import { selectionOf } from "../selection.ts";
import { loadSettings, settingsPath } from "../settings-file.ts";

/** The end reasons of truncated responses, with what to do. */
const TRUNCATED: { readonly [Reason in RunEndReason]?: string } = {
  "max-output-tokens":
    "The response is truncated: it reached the model's limit. Ask for the rest with --continue.",
  "content-filter": "A filter of the server stopped the response. Rephrase the prompt.",
  incomplete: "The server ended the response early. Ask for the rest with --continue.",
};

/** Runs the command `ask`. */
export async function runAsk(context: CommandContext): Promise<number> {
  const { args, io, out, err, cli } = context;
  const { provider, providerName } = cli;
  const selection = selectionOf(context);
  const renderer = new EventRenderer(out, err);
  const host = createHost(context, {
    onWarning: (warning) => {
      // Without a sign-in the request fails with the same reason.
      if (exitCodeOf(warning) !== EXIT.notSignedIn) void warn(warning, context);
    },
    onRetry: (retry) => void renderer.showRetry(retry),
  });
  const profile = await provider.signIn?.profile(host, selection);
  const path = conversationPath(providerName, profile?.name ?? "default", io);
  const previous = args.continue ? await loadConversation(path) : newConversation();
  const prompt = await readBlocks(context);
  const settings = await loadSettings(settingsPath(providerName, io));
  const model = args.model ?? previous.model ?? settings.model;
  const effort = args.effort ?? settings.effort;
  const transport = await provider.createTransport(host, selection);
  try {
    const conversation = new ContinuedConversation(previous);
    const run = new Agent({ transport }).runStream(prompt, {
      context: conversation,
      signal: io.signal,
      model,
      reasoning: effort === undefined ? undefined : { effort },
    });
    const reason = args.json ? await printJson(run, context) : await render(run, renderer);
    if (typeof reason === "number") return reason;
    const messages = await conversation.history();
    await save(path, { id: previous.id, model: model ?? transport.model.id, messages }, context);
    const truncated = TRUNCATED[reason];
    if (truncated === undefined) return EXIT.ok;
    if (!args.json) await err.line(`${err.style.yellow("!")} ${truncated}`);
    return EXIT.failed;
  } finally {
    transport.close?.();
  }
}

/** Images and documents come first: models respond best to a prompt that follows its material. */
async function readBlocks(context: CommandContext): Promise<readonly Block[]> {
  const { image = [], file = [] } = context.args;
  // Messages name a path as it was given, unless the shell would have changed it.
  const expand = (path: string): string => (/^["'~$%]/.test(path) ? expandPath(path, context.io) : path);
  const images = await Promise.all(image.map((path) => readImage(expand(path))));
  const files = await Promise.all(file.map((path) => readDocument(expand(path))));
  return [...images, ...files, { type: "text", text: await readPrompt(context) }];
}

async function render(run: AsyncIterable<StreamEvent>, renderer: EventRenderer): Promise<RunEndReason> {
  let reason: RunEndReason = "incomplete";
  try {
    for await (const event of run) {
      if (event.type === "run-end") reason = event.reason;
      await renderer.render(event);
    }
  } finally {
    await renderer.end();
  }
  await renderer.endResponse();
  return reason;
}

/** Prints each event as a line. Returns an exit code if the run fails, because the error is one of the events. */
async function printJson(run: AsyncIterable<StreamEvent>, { out }: Outputs): Promise<RunEndReason | number> {
  let reason: RunEndReason = "incomplete";
  try {
    for await (const event of run) {
      if (event.type === "run-end") reason = event.reason;
      await out.json("error" in event ? { ...event, error: errorToJson(event.error) } : event);
    }
  } catch (error) {
    if (reason === "error" || reason === "aborted") return exitCodeOf(error);
    throw error;
  }
  return reason;
}

async function save(
  path: string,
  conversation: Parameters<typeof saveConversation>[1],
  outputs: Outputs,
): Promise<void> {
  try {
    await saveConversation(path, conversation);
  } catch (error) {
    // The response is complete, so this is not a failure.
    if (!AxioError.is(error)) throw error;
    await warn(error, outputs);
  }
}
