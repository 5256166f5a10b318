import { commandText } from "./command-text.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { strictest } from "./decision.ts";
import { possibleCommands, reachOf } from "./inner-commands.ts";
import type { PermissionMode } from "./mode.ts";
import { decidePath } from "./path-rules.ts";
import { isLiteral, matchesText, mayMatchText, UNKNOWN } from "./pattern.ts";
import { formatRule, type Rule, type RuleSet } from "./rule.ts";
import { type SimpleCommand, type SplitCommand, splitCommand } from "./split-command.ts";

/** Commands after which a relative path means another file. */
const MOVES = ["cd", "pushd", "popd"];

/** The patterns of the rules for commands. */
interface CommandPatterns {
  readonly deny: readonly Rule[];
  readonly ask: readonly Rule[];
  readonly allow: readonly Rule[];
}

/** Decides about a command line: each of its commands and each file that it writes has to be allowed. */
export function decideCommand(
  source: string,
  rules: RuleSet,
  mode: PermissionMode,
  context: DecisionContext,
): Decision {
  const patterns = commandPatterns(rules);
  const split = splitCommand(source);
  const decisions = split.commands.map((command) => decideOne(command, patterns));
  const files = fileDecisions(split, rules, mode, context);
  const isUnsure = !split.isCertain || split.commands.length + split.files.length === 0;
  const unsure: Decision = {
    action: "ask",
    isExplicit: false,
    mayBeDenied: patterns.deny.length > 0 || rules.deny.some(({ tool }) => tool === "write"),
  };
  return strictest([...decisions, ...files, ...(isUnsure ? [unsure] : [])]);
}

/** Decides about a command line of the Windows command interpreter, which is not split: only simple ones can be allowed. */
export function decideWindowsCommand(source: string, rules: RuleSet): Decision {
  const patterns = commandPatterns(rules);
  if (/^[\w .:/\\=-]+$/.test(source))
    return decideOne({ assignments: [], words: source.trim().split(/ +/) }, patterns);
  return { action: "ask", isExplicit: false, mayBeDenied: patterns.deny.length > 0 };
}

/** The commands of a line that no rule allows yet. */
export function undecidedCommands(source: string, rules: RuleSet): readonly SimpleCommand[] {
  const patterns = commandPatterns(rules);
  return splitCommand(source).commands.filter((command) => !isAllowed(command, patterns.allow));
}

function commandPatterns({ deny, ask, allow }: RuleSet): CommandPatterns {
  const own = (list: readonly Rule[]): readonly Rule[] => list.filter(({ tool }) => tool === "shell");
  return { deny: own(deny), ask: own(ask), allow: own(allow) };
}

function decideOne(command: SimpleCommand, { deny, ask, allow }: CommandPatterns): Decision {
  const possible = possibleCommands(command).map(commandText);
  const denied = deny.find(({ pattern }) => possible.some((text) => matchesText(pattern, text)));
  if (denied !== undefined)
    return {
      action: "deny",
      reason: `The user's rule "${formatRule(denied)}" denies this. Find another way.`,
    };
  const mayMatch = ({ pattern }: Rule): boolean =>
    possible.some((text) => text.includes(UNKNOWN) && mayMatchText(pattern, text));
  if (deny.some(mayMatch)) return { action: "ask", isExplicit: false, mayBeDenied: true };
  const isExplicit = ask.some(
    (rule) => possible.some((text) => matchesText(rule.pattern, text)) || mayMatch(rule),
  );
  if (isExplicit) return { action: "ask", isExplicit, mayBeDenied: false };
  return isAllowed(command, allow)
    ? { action: "allow" }
    : { action: "ask", isExplicit: false, mayBeDenied: false };
}

/** Whether rules allow a command and whatever it runs by its words. */
function isAllowed(command: SimpleCommand, allow: readonly Rule[], depth = 0): boolean {
  const text = commandText(command);
  const matching = allow.filter(({ pattern }) => matchesText(pattern, text));
  if (matching.length === 0 || depth > 4) return false;
  if (matching.some(({ pattern }) => isLiteral(pattern))) return true;
  const reach = reachOf(command);
  switch (reach.type) {
    case "plain":
      return true;
    case "open":
      return false;
    case "runs":
      return reach.commands.every((inner) => isAllowed(inner, allow, depth + 1));
  }
}

function fileDecisions(
  { files, commands }: SplitCommand,
  rules: RuleSet,
  mode: PermissionMode,
  context: DecisionContext,
): readonly Decision[] {
  const moves = commands.some(({ words: [name = ""] }) => MOVES.includes(name) || name.includes(UNKNOWN));
  return files.map(({ type, path }) => {
    const isUnknown = path === UNKNOWN || (moves && !path.startsWith("/")) || path.startsWith("~");
    const located = isUnknown ? UNKNOWN : (context.locate?.(path) ?? path);
    const decision = decidePath(type, located, rules, mode, context);
    // Reading is part of the command, which has to be allowed.
    const isAllowed =
      type === "read" && decision.action === "ask" && !decision.isExplicit && !decision.mayBeDenied;
    return isAllowed ? { action: "allow" } : decision;
  });
}
