import { makePage } from "../panels/page.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import { shortPath } from "../theme/short-path.ts";
import { wrapWords } from "../theme/wrap.ts";
import type { Command, CommandContext } from "./command.ts";

export const statusCommand: Command = {
  name: "status",
  description: "Show the folder, session, model and account",
  isAlwaysReady: true,
  run(context) {
    const facts = statusFacts(context);
    context.show(
      makePage("Status", (width, { unicode }) =>
        facts.flatMap(([name, value]): readonly Line[] =>
          wrapWords([span(name.padEnd(10), { bold: true }), span(cleanLine(value, unicode))], width),
        ),
      ),
    );
  },
};

function statusFacts({
  options: { cwd, env, version, sessions, settings },
  conversation: { state },
}: CommandContext): readonly (readonly [name: string, value: string])[] {
  const { provider, model, effort, sessionId, contextTokens, usage } = state;
  const used = `${usage.inputTokens.toLocaleString("en")} input, ${usage.outputTokens.toLocaleString("en")} output tokens`;
  const facts = {
    axio: version,
    Folder: shortPath(cwd, env["HOME"]),
    Session: sessionId ?? "a new one, stored with the first prompt",
    Provider: provider?.title,
    Account: provider?.needsSignIn === true ? "not signed in" : provider?.account,
    Model: [model?.displayName ?? model?.id, effort].filter((part) => part !== undefined).join(" "),
    Context: `${contextTokens.toLocaleString("en")} tokens`,
    Used: used,
    Sessions: sessions.path,
    Settings: settings.path,
  };
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, value] as const],
  );
}
