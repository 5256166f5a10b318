import { makePage } from "../panels/page.ts";
import { type Line, span } from "../theme/line.ts";
import { wrapWords } from "../theme/wrap.ts";
import type { CustomCommand } from "../trust/custom-command.ts";
import { loginCommand, logoutCommand, usageCommand } from "./account-commands.ts";
import { guardsCommand, pluginsCommand, quitCommand, themeCommand, toolsCommand } from "./app-commands.ts";
import type { Command } from "./command.ts";
import { customCommands } from "./custom-commands.ts";
import { diffCommand, redoCommand, undoCommand } from "./file-commands.ts";
import { initCommand } from "./init-command.ts";
import { mcpCommand } from "./mcp-command.ts";
import { effortCommand, modelCommand } from "./model-commands.ts";
import { permissionsCommand } from "./permissions-command.ts";
import { rewindCommand } from "./rewind-command.ts";
import {
  clearCommand,
  compactCommand,
  exportCommand,
  forkCommand,
  sessionsCommand,
} from "./session-commands.ts";
import { statusCommand } from "./status-command.ts";

const KEYS: readonly (readonly [keys: string, action: string])[] = [
  ["Enter", "send; during a run, send after it"],
  ["Alt-Enter, Ctrl-J, \\ and Enter", "new line"],
  ["@", "attach a file or a picture"],
  ["!", "run a command in the shell; the model sees its output with the next prompt"],
  ["Up, Down, Ctrl-R", "earlier prompts, also of earlier runs; find one"],
  ["Ctrl-_", "undo an edit of the prompt"],
  ["Ctrl-G", "edit the prompt in $EDITOR"],
  ["Ctrl-V", "attach the picture in the clipboard"],
  ["Esc", "stop the run, close a panel"],
  ["Esc twice", "go back to an earlier prompt"],
  ["PgUp, PgDn, wheel", "scroll; Ctrl-Home and Ctrl-End go to the ends"],
  ["Ctrl-O", "unfold or fold reasoning, tool results and long prompts"],
  ["Shift-Tab", "next mode: ask, accept edits, plan (read only)"],
  ["Ctrl-L", "redraw the screen"],
  ["Ctrl-Z", "suspend"],
  ["Ctrl-C twice", "leave"],
];

const helpCommand: Command = {
  name: "help",
  description: "Show the commands and keys",
  isAlwaysReady: true,
  run(context) {
    context.show(
      makePage("Help", (width) => [
        [span("Commands", { bold: true })],
        ...context.commands.flatMap(({ name, aliases = [], argument = "", description }) =>
          helpLines(
            [[name, ...aliases].map((known) => `/${known}`).join(", "), argument].join(" ").trim(),
            description,
            width,
          ),
        ),
        [],
        [span("Keys", { bold: true })],
        ...KEYS.flatMap(([keys, action]) => helpLines(keys, action, width)),
      ]),
    );
  },
};

/** The commands of the app, in the order of the help. */
const COMMANDS: readonly Command[] = [
  modelCommand,
  effortCommand,
  loginCommand,
  logoutCommand,
  usageCommand,
  statusCommand,
  toolsCommand,
  mcpCommand,
  guardsCommand,
  permissionsCommand,
  diffCommand,
  undoCommand,
  redoCommand,
  rewindCommand,
  sessionsCommand,
  forkCommand,
  compactCommand,
  clearCommand,
  exportCommand,
  initCommand,
  pluginsCommand,
  themeCommand,
  helpCommand,
  quitCommand,
];

/** Returns all commands. A custom command cannot replace one of the app. */
export function allCommands(custom: readonly CustomCommand[]): readonly Command[] {
  const names = new Set(COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  return [...COMMANDS, ...customCommands(custom).filter(({ name }) => !names.has(name))];
}

/** Finds a command by its name or another name of it. */
export function findCommand(commands: readonly Command[], name: string): Command | undefined {
  return (
    commands.find((command) => command.name === name) ??
    commands.find(({ aliases = [] }) => aliases.includes(name))
  );
}

/** Parses a command. Returns `undefined` for other text, for example a path. */
export function parseCommand(text: string): { readonly name: string; readonly argument: string } | undefined {
  if (text.trim() === "?") return { name: "help", argument: "" };
  const match = /^\/([a-z][a-z0-9_-]*)(?:\s+([\s\S]*))?$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  return { name: match[1], argument: match[2]?.trim() ?? "" };
}

/** Returns the commands of which a name starts with a word, then those whose name contains it. */
export function matchCommands(commands: readonly Command[], word: string): readonly Command[] {
  const begins = commands.filter(({ name, aliases = [] }) =>
    [name, ...aliases].some((known) => known.startsWith(word)),
  );
  const holds = commands.filter((command) => !begins.includes(command) && command.name.includes(word));
  return [...begins, ...holds];
}

function helpLines(name: string, text: string, width: number): readonly Line[] {
  const column = 34;
  const isNarrow = width < column + 24;
  const rows = wrapWords([span(text, { color: "muted" })], width - (isNarrow ? 4 : column));
  const head = span(`  ${name}`.padEnd(isNarrow ? 0 : column), { color: "accent" });
  if (isNarrow) return [...wrapWords([head], width), ...rows.map((row): Line => [span("    "), ...row])];
  return rows.map((row, at): Line => [at === 0 ? head : span(" ".repeat(column)), ...row]);
}
