import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs, styleText } from "node:util";
import { Agent, defineTool, MemoryContextStore, type StreamEvent } from "axio";
import { openBrowser } from "axio-auth";
import { signInAsBrowser } from "test-support/sign-in-as-browser";
import { DEMO_ROUTES } from "./support/demo-routes.ts";

/** The prompt. The lines in lower case script the response of the simulator, which is not a model. */
const PROMPT = `What is this project, and how many source files does it have?
think I should read the README and count the files; both can be done at the same time.
call read_file {"path":"README.md"}
call count_files {"folder":"packages","ending":".ts"}
then
say The README begins: {{result 1}}\\n\\nAnd the count: {{result 2}}`;

const ROOT = resolve(import.meta.dirname, "..");

const { values } = parseArgs({
  options: { browser: { type: "boolean", default: false }, route: { type: "string", default: "codex" } },
});
const colored = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
const style = (format: "bold" | "dim" | "cyan" | "green", text: string): string =>
  colored ? styleText(format, text) : text;
const say = (text: string): void => console.log(text);
const step = (number: number, title: string): void => say(`\n${style("bold", `${number}. ${title}`)}`);

const readFileTool = defineTool({
  name: "read_file",
  description: "Reads the first paragraph of a text file of this project.",
  inputSchema: {
    type: "object",
    properties: { path: { type: "string", description: "Relative to the project's root." } },
    required: ["path"],
  },
  execute: async ({ path }, { emit }) => {
    emit(`reading ${String(path)}`);
    const text = await readFile(inProject(String(path)), "utf8");
    return text.split(/\n\s*\n/)[1]?.trim() ?? text;
  },
});

const countFilesTool = defineTool({
  name: "count_files",
  description: "Counts the files below a folder of this project.",
  inputSchema: {
    type: "object",
    properties: { folder: { type: "string" }, ending: { type: "string" } },
    required: ["folder", "ending"],
  },
  execute: async ({ folder, ending }, { emit }) => {
    emit(`looking into ${String(folder)}`);
    const names = await readdir(inProject(String(folder)), { recursive: true });
    const count = names.filter(
      (name) => name.endsWith(String(ending)) && !/node_modules|dist/.test(name),
    ).length;
    return `${count} files end in ${String(ending)}`;
  },
});

function inProject(path: string): string {
  const full = resolve(ROOT, path);
  if (relative(ROOT, full).startsWith("..")) throw new Error(`${path} is outside the project.`);
  return full;
}

/** Prints a run as it streams: text as it arrives, everything else on separate lines. */
function createPrinter(): (event: StreamEvent) => void {
  let open = "";
  const line = (text: string): void => {
    if (open !== "") process.stdout.write("\n");
    open = "";
    say(`   ${text}`);
  };
  const write = (kind: string, delta: string, prefix: string): void => {
    if (open !== kind) process.stdout.write(`${open === "" ? "" : "\n"}   ${prefix}`);
    open = kind;
    process.stdout.write(kind === "reasoning" ? style("dim", delta) : delta.replaceAll("\n", "\n   "));
  };
  return (event) => {
    if (event.type === "reasoning-delta") write("reasoning", event.delta, style("dim", "reasoning: "));
    else if (event.type === "text-delta") write("text", event.delta, "");
    else if (event.type === "tool-use-start") line(style("cyan", `→ ${event.name} called`));
    else if (event.type === "tool-output-delta") line(style("cyan", `… ${event.name}: ${event.delta}`));
    else if (event.type === "tool-result") line(style("cyan", `✓ ${event.name} finished`));
    else if (event.type === "run-end") {
      const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = event.usage;
      line(
        style(
          "dim",
          `${event.steps} steps · ${inputTokens} input tokens (${cachedInputTokens} cached) · ${outputTokens} output tokens (${reasoningTokens} reasoning)`,
        ),
      );
    }
  };
}

async function main(): Promise<void> {
  const startRoute = DEMO_ROUTES.get(values.route);
  if (startRoute === undefined) {
    console.error(`There is no route ${values.route}. Routes: ${[...DEMO_ROUTES.keys()].join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  say(
    "axio demo. All of it runs on this machine: a simulator stands in for the service, and no account is used.",
  );
  const folder = await mkdtemp(join(tmpdir(), "axio-demo-"));
  try {
    step(1, "Start the simulator");
    await using route = await startRoute(join(folder, "axio"));
    say(`   ${route.origin} stands in for ${route.hosts}`);

    step(2, route.title);
    let visit: Promise<{ readonly headline: string }> | undefined;
    const who = await route.login({
      openBrowser: async (url) => {
        if (values.browser) return openBrowser(url);
        // Presses the button on the sign-in page and follows the redirects, like a browser.
        visit = signInAsBrowser(url, route.button);
        visit.catch((error: unknown) => console.error(error));
        return true;
      },
      onProgress: (progress) => {
        if (progress.type === "authorize")
          say(`   The sign-in page: ${style("dim", `${progress.url.slice(0, 76)}…`)}`);
      },
    });
    const page = await visit;
    if (page !== undefined) say(`   The browser shows: “${page.headline}”`);
    say(`   Signed in as ${who}.`);
    say(`   The sign-in is kept in ${route.path} (readable by you alone) until the demo ends.`);

    step(3, "Ask for the account's models");
    const { transport } = route;
    const models = await transport.fetchModels?.();
    say(`   ${models?.ids().join(", ")}`);

    step(4, "Run an agent with two tools");
    say(style("dim", PROMPT.replaceAll(/^/gm, "   > ")));
    const agent = new Agent({
      transport,
      system: "You answer questions about a project.",
      tools: [readFileTool, countFilesTool],
    });
    const print = createPrinter();
    const context = new MemoryContextStore();
    for await (const event of agent.runStream(PROMPT, { context })) print(event);

    step(5, "What the account may still use");
    for (const line of await route.usage()) say(`   ${line}`);

    step(6, "Sign out");
    const { revoked } = await route.logout();
    say(
      `   The credentials are deleted here${revoked ? ", and the server confirmed that they are worthless" : ""}.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  say(`\n${style("green", "Done.")} Nothing was left behind. For a real account: npm start`);
}

await main();
