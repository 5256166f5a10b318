import type { ContextStore, StreamEvent } from "axio";
import type { AppOptions } from "../app/app-options.ts";
import { readInstructions } from "../app/project-instructions.ts";
import { Transports } from "../app/transports.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { promptContext } from "../conversation/prompt-context.ts";
import { runAgent } from "../conversation/run-agent.ts";
import { systemPrompt } from "../conversation/system-prompt.ts";
import { toAppError } from "../conversation/to-app-error.ts";
import { ToolBox } from "../conversation/tool-box.ts";
import { cleanText } from "../theme/clean-text.ts";
import { PlainProgress } from "./plain-progress.ts";
import { readPrompt } from "./read-prompt.ts";

/**
 * Answers one prompt without a terminal: the answer goes to standard output, what happens on the way to standard error. Where a tool
 * asks for permission, the answer is no.
 *
 * @returns the exit code: 0 done, 1 failed, 2 nothing was asked, what was named is not there, or there is no transport, 3 nobody is signed in, 130 stopped.
 */
export async function runPlain(options: AppOptions): Promise<number> {
  const { stdin, stdout, stderr, start, notices } = options;
  const tell = (text: string): void => {
    stderr.write(`${cleanText(text, true)}\n`);
  };
  const unlisten = notices.listen(({ from, warning }) =>
    tell(from === undefined ? toAppError(warning).message : `${from}: ${toAppError(warning).message}`),
  );
  const toolBox = new ToolBox(options, (from, error) => tell(`${from}: ${error.message}`));
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const prompt = start.prompt ?? (await readPrompt(stdin));
    if (prompt.trim() === "") {
      tell('Nothing was asked. Give a prompt: axio "What is in this folder?", or pipe one in.');
      if (options.env["TERM"] === "dumb") tell("A conversation needs a terminal that is not TERM=dumb.");
      return EXIT.usage;
    }
    const open = await new Transports(options).first();
    if (open === undefined) {
      const names = options.found.transports.map(({ name }) => name);
      tell(
        names.length === 0
          ? "No transport is installed. Install one: npm install axio-transport-codex"
          : `Nobody is signed in. Run axio in a terminal and sign in with /login, or name what to use: axio --transport ${names.join(" | ")}`,
      );
      return names.length === 0 ? EXIT.usage : EXIT.notSignedIn;
    }
    if (open.needsSignIn) {
      tell(`You are not signed in to ${open.title}. Run axio in a terminal, and sign in with /login.`);
      return EXIT.notSignedIn;
    }
    await toolBox.open();
    const progress = new PlainProgress((text) => stdout.write(text), tell);
    const instructions = await readInstructions(options.folder);
    const failure = await runAgent({
      blocks: [{ type: "text", text: prompt }],
      context: await openContext(options),
      open,
      toolBox,
      system: systemPrompt(promptContext(options.folder, toolBox, instructions)),
      onStart: (stream) => controller.signal.addEventListener("abort", () => stream.abort(), { once: true }),
      onEvent: (event: StreamEvent) => progress.show(event),
    });
    progress.end();
    open.transport.close?.();
    if (failure !== undefined) throw failure;
    return controller.signal.aborted ? EXIT.interrupted : EXIT.ok;
  } catch (error) {
    const { code, message } = toAppError(error);
    tell(message);
    if (code === "unauthenticated") return EXIT.notSignedIn;
    return code === "invalid-argument" ? EXIT.usage : EXIT.failed;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    unlisten();
    await toolBox.close();
  }
}

async function openContext({ sessions, start: { session } }: AppOptions): Promise<ContextStore> {
  if (session === undefined) return sessions.create();
  const id = session.type === "id" ? session.id : (await sessions.list({ limit: 1 }))[0]?.id;
  return id === undefined ? sessions.create() : sessions.open(id);
}
