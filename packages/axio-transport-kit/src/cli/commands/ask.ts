import { Agent, AxioError, type Block, MemoryContextStore, type RunEndReason, type StreamEvent } from "axio";
import type { BearerCredentials } from "../../credentials.ts";
import { chosenAccount } from "../accounts.ts";
import { readDocument, readImage } from "../attachments.ts";
import type { CommandContext, CommandEnds } from "../command.ts";
import {
  type Conversation,
  conversationPath,
  loadConversation,
  newConversation,
  saveConversation,
} from "../conversation-file.ts";
import { EXIT } from "../exit-codes.ts";
import { openTransport } from "../open-transport.ts";
import { readPrompt } from "../prompt.ts";
import { EventRenderer } from "../render-events.ts";
import { errorToJson, exitCodeOf } from "../report-error.ts";
import { warn } from "../warn.ts";

/** Ends that leave an answer with a part of it missing. */
const CUT_OFF: { readonly [Reason in RunEndReason]?: string } = {
  "max-output-tokens":
    "The answer is cut off: it reached the model's limit. Ask for the rest with --continue.",
  "content-filter": "The answer is cut off by a filter of the server. Ask in other words.",
  incomplete: "The server ended the answer early. Ask for the rest with --continue.",
};

/** The command `ask`. */
export async function runAsk<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, io, err, program } = context;
  const { name } = await chosenAccount(context);
  const { provider } = await program.load.profiles();
  const path = conversationPath(provider, name, io);
  const before = args.flag("continue") ? await loadConversation(path) : newConversation();
  const prompt = await readBlocks(context);
  const model = args.text("model") ?? before.model;
  const effort = args.text("effort");
  using transport = await openTransport(context, {
    conversationId: before.id,
    onWarning: (warning) => {
      // Whoever is not signed in hears it once more, as the reason why the question fails.
      if (exitCodeOf(warning) !== EXIT.notSignedIn) void warn(warning, context);
    },
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { reasoning: { effort } }),
  });
  const store = new MemoryContextStore(before.messages);
  const run = new Agent({ transport }).runStream(prompt, { context: store, signal: io.signal });
  const reason = args.flag("json") ? await printJson(run, context) : await show(run, context);
  if (typeof reason === "number") return reason;
  const after: Conversation = { id: before.id, model: transport.model.id, messages: await store.history() };
  await keep(path, after, context);
  const cutOff = CUT_OFF[reason];
  if (cutOff === undefined) return EXIT.ok;
  if (!args.flag("json")) await err.line(`${err.style.yellow("!")} ${cutOff}`);
  return EXIT.failed;
}

/** Pictures and documents first: models read the question best after what it is about. */
async function readBlocks<C extends BearerCredentials>(
  context: CommandContext<C>,
): Promise<readonly Block[]> {
  const { args } = context;
  const images = await Promise.all(args.texts("image").map(readImage));
  const files = await Promise.all(args.texts("file").map(readDocument));
  return [...images, ...files, { type: "text", text: await readPrompt(context) }];
}

async function show(run: AsyncIterable<StreamEvent>, { out, err }: CommandEnds): Promise<RunEndReason> {
  const renderer = new EventRenderer(out, err);
  let reason: RunEndReason = "incomplete";
  try {
    for await (const event of run) {
      if (event.type === "run-end") reason = event.reason;
      await renderer.render(event);
    }
  } finally {
    await renderer.end();
  }
  return reason;
}

/** Prints each event as a line. A failure is one of them, so that it is not told twice: its exit code is all that is left. */
async function printJson(
  run: AsyncIterable<StreamEvent>,
  { out }: CommandEnds,
): Promise<RunEndReason | number> {
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

async function keep(path: string, conversation: Conversation, outputs: CommandEnds): Promise<void> {
  try {
    await saveConversation(path, conversation);
  } catch (error) {
    // The answer is there: that it cannot be continued is no failure of the question.
    if (!AxioError.is(error)) throw error;
    await warn(error, outputs);
  }
}
