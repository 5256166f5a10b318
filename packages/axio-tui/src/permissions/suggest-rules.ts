import { posix } from "node:path";
import type { PermissionSubject } from "axio/plugin";
import { undecidedCommands } from "./command-rules.ts";
import { commandText } from "./command-text.ts";
import { reachOf, runnerWords } from "./inner-commands.ts";
import { literalPattern, UNKNOWN } from "./pattern.ts";
import { formatRule, type Rule, type RuleSet } from "./rule.ts";
import { type SimpleCommand, splitCommand } from "./split-command.ts";

/** Text that looks like what it is: only such text is proposed, because rules are shown as they are. */
const PLAIN = /^[\x20-\x7e]+$/;
/** A sub-command, such as `test` of `npm test`: not an option, a path or a file. */
const SUB_COMMAND = /^[a-z][a-z0-9:-]*$/;

/** Returns rules that would allow a request, as texts to edit. Empty if none is proposed. */
export function suggestRules(subject: PermissionSubject | undefined, rules: RuleSet): readonly string[] {
  const texts = suggestions(subject, rules).map(formatRule);
  return texts.every((text) => PLAIN.test(text)) ? [...new Set(texts)] : [];
}

function suggestions(subject: PermissionSubject | undefined, rules: RuleSet): readonly Rule[] {
  switch (subject?.type) {
    case undefined:
      return [];
    case "shell":
      if (subject.leavesSandbox === true) return [];
      return subject.syntax === "cmd"
        ? [{ tool: "shell", pattern: literalPattern(subject.command) }]
        : commandSuggestions(subject.command, rules);
    case "read":
    case "write": {
      const folder = posix.dirname(subject.path);
      const pattern = folder === "." ? literalPattern(subject.path) : `${literalPattern(folder)}/**`;
      return [{ tool: subject.type, pattern }];
    }
    case "mcp": {
      const name = literalPattern(`${subject.server}/${subject.tool}`);
      return [{ tool: "mcp", pattern: `${name}#${subject.definitionHash}` }];
    }
    case "fetch":
      return URL.canParse(subject.url)
        ? [{ tool: "fetch", pattern: `${literalPattern(new URL(subject.url).origin)}/*` }]
        : [];
  }
}

function commandSuggestions(source: string, rules: RuleSet): readonly Rule[] {
  const { isCertain, files } = splitCommand(source);
  if (!isCertain) return [];
  const patterns = undecidedCommands(source, rules).flatMap(commandPatterns);
  if (patterns.some((pattern) => pattern === undefined)) return [];
  return [
    ...patterns.map((pattern = ""): Rule => ({ tool: "shell", pattern })),
    ...files
      .filter(({ type, path }) => type === "write" && path !== UNKNOWN)
      .map(({ path }): Rule => ({ tool: "write", pattern: literalPattern(path) })),
  ];
}

/**
 * The program and its sub-command with any arguments; a command that can run others as it is. What a program such as `uv run`
 * runs has its own pattern.
 */
function commandPatterns(command: SimpleCommand): readonly (string | undefined)[] {
  const text = commandText(command);
  const { words, assignments } = command;
  const [program = "", second] = words;
  const reach = reachOf(command);
  const isRunner = reach.type === "runs" && runnerWords(words) !== undefined && assignments.length === 0;
  if (isRunner)
    return [
      `${literalPattern(commandText({ assignments, words: words.slice(0, 2) }))} *`,
      ...reach.commands.flatMap(commandPatterns),
    ];
  if (program === "" || assignments.length > 0 || reach.type !== "plain")
    return [text.includes(UNKNOWN) ? undefined : literalPattern(text)];
  const isSubCommand = second !== undefined && SUB_COMMAND.test(second);
  const head = commandText({ assignments: [], words: isSubCommand ? [program, second] : [program] });
  return [`${literalPattern(head)} *`];
}
