// Draws the pictures in docs/pictures from a session with the simulator in a real terminal. Needs tmux.
// Run: npm run pictures

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "axio-simulator";
import { Tmux } from "test-support/tmux";
import { ansiToSvg } from "./support/ansi-to-svg.ts";

const ROOT = join(import.meta.dirname, "..");
const PICTURES = join(ROOT, "docs", "pictures");
const COLUMNS = 96;
const ROWS = 30;

/** The lines in lower case script the response of the simulator, which is not a model. */
const EXPLAIN = `How is the release date worked out, and is it right?
think **Looking for the rule**\\n\\nThe date should be in the source: I search first, then read.
call search_files {"pattern":"releaseDate"}
call read_file {"path":"src/release.ts"}
then
say The rule is in \`src/release.ts\`:\\n\\n\`\`\`ts\\nexport function releaseDate(start: Date): Date {\\n  return addDays(start, 14); // two weeks\\n}\\n\`\`\`\\n\\n1. It counts **14 days** from the start.\\n2. Weekends are *not* left out, so a start on a Saturday is released on a Saturday.\\n\\nShall I move such dates to the next Monday?`;
const CHANGE = `Yes, please.
call write_file {"path":"src/release.ts","content":"import { addDays, nextMonday } from \\"./days.ts\\";\\n\\nexport function releaseDate(start: Date): Date {\\n  return nextMonday(addDays(start, 14)); // two weeks, never a weekend\\n}\\n"}
then
say Done: a weekend moves to the Monday after it.`;
const RUN_TESTS = `Do the tests pass?
call shell {"command":"npm test -- --run src && git status --short"}
then
say They do.`;

/** Matches an idle screen. */
const IDLE = /^((?!Esc stops)[\s\S])*$/;

const home = await mkdtemp(join(tmpdir(), "axio-pictures-"));
const project = join(home, "release-notes");
await using simulator = await startSimulator({ paceMs: 5 });
try {
  await mkdir(join(project, "src"), { recursive: true });
  await writeFile(
    join(project, "src", "release.ts"),
    'import { addDays } from "./days.ts";\n\nexport function releaseDate(start: Date): Date {\n  return addDays(start, 14); // two weeks\n}\n',
  );
  await writeFile(
    join(project, "src", "days.ts"),
    "export function addDays(date: Date, days: number): Date {\n  return new Date(date.getTime() + days * 86_400_000);\n}\n",
  );
  await mkdir(join(project, ".axio", "commands"), { recursive: true });
  await writeFile(
    join(project, "AGENTS.md"),
    "# Release notes\n\nDates are in UTC. Run the tests with `npm test`.\n",
  );
  const servers = { calendar: { command: "npx", args: ["-y", "calendar-server"], disabled: true } };
  await writeFile(join(project, ".mcp.json"), JSON.stringify({ mcpServers: servers }));
  await writeFile(join(project, ".axio", "commands", "review.md"), "Review the changes of $ARGUMENTS.\n");
  const state = join(home, ".local", "state", "axio");
  await mkdir(state, { recursive: true });
  const where = { issuer: simulator.issuer, baseUrl: simulator.baseUrl };
  await writeFile(
    join(state, "settings.json"),
    JSON.stringify({ pluginSettings: { "providers/codex": where } }),
  );
  await mkdir(PICTURES, { recursive: true });
  await takePictures();
} finally {
  await rm(home, { recursive: true, force: true });
}

async function takePictures(): Promise<void> {
  const { PATH } = process.env;
  const start = [
    process.execPath,
    "--conditions=axio-source",
    "--import",
    import.meta.resolve("tsx"),
    join(ROOT, "scripts", "start.ts"),
  ];
  await using terminal = await Tmux.start(start, {
    columns: COLUMNS,
    rows: ROWS,
    folder: project,
    env: {
      PATH,
      HOME: home,
      LANG: "C.UTF-8",
      XDG_STATE_HOME: join(home, ".local", "state"),
      TERM: "xterm-256color",
    },
  });
  const picture = async (name: string, title: string): Promise<void> => {
    const [shown, cursor] = [await terminal.screen(true), await terminal.cursor()];
    const screen = shown.replaceAll(home, "/home/robin");
    await writeFile(join(PICTURES, `${name}.svg`), ansiToSvg({ screen, columns: COLUMNS, title, cursor }));
  };
  await terminal.shows('Type "trust"');
  await picture("trust", "Before axio uses anything of a folder, it lists what the folder brings and asks");
  await terminal.type("trust");
  await terminal.press("Enter");
  await terminal.shows("to try axio without an account");
  await picture("welcome", "axio at its first start: it offers to sign in, and the simulator by name");
  await terminal.type("/login codex");
  await terminal.press("Enter");
  const code = /\b[A-Z0-9]{4,5}-[A-Z0-9]{4,5}\b/.exec(
    await terminal.shows(/\b[A-Z0-9]{4,5}-[A-Z0-9]{4,5}\b/),
  )?.[0];
  await picture("sign-in", "Signing in to ChatGPT: in a browser here, or with a code on another device");
  if (code === undefined || !simulator.decideDevice(code))
    throw new Error("The simulator does not know the code.");
  await terminal.shows("Signed in");
  await terminal.press("Escape");
  await terminal.shows("Ask anything");
  await terminal.paste(EXPLAIN);
  await terminal.press("Enter");
  await terminal.shows("✓ read_file");
  await terminal.shows(IDLE);
  await picture("chat", "A conversation: reasoning, two tools, and an answer with code");
  await terminal.paste(CHANGE);
  await terminal.press("Enter");
  await terminal.shows("A letter or Enter answers");
  await picture("permission", "axio shows the diff and requests permission before it changes a file");
  await terminal.press("y");
  await terminal.shows("✓ write_file");
  await terminal.shows(IDLE);
  await terminal.type("/diff");
  await terminal.press("Enter");
  await terminal.shows("Esc close");
  await picture("diff", "All changes of a conversation to files");
  await terminal.press("Escape");
  await terminal.shows(/^((?!Esc close)[\s\S])*$/);
  await terminal.press("Escape");
  await terminal.shows("Press Esc again");
  await terminal.press("Escape");
  await terminal.shows("Go back to before");
  await terminal.press("Enter");
  await terminal.shows("Go back with");
  await picture("rewind", "Going back to an earlier prompt: the conversation, the files, or both");
  await terminal.press("Escape");
  await terminal.paste(RUN_TESTS);
  await terminal.press("Enter");
  await terminal.shows("A letter or Enter answers");
  await terminal.press("r");
  await terminal.shows("Always allow in this session");
  await terminal.press("Tab");
  await terminal.shows("Always allow in this folder");
  await picture("permission-rule", "axio proposes a rule, which allows such commands without a question");
  await terminal.press("Escape");
  await terminal.shows("A letter or Enter answers");
  await terminal.press("Escape");
  await terminal.shows(IDLE);
  await terminal.type("/model");
  await terminal.press("Enter");
  await terminal.shows("Enter select");
  await picture("models", "Selecting one of the models of all providers");
}
