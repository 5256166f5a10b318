import { commandText } from "./command-text.ts";
import {
  ASKED_BY_RULE,
  type Decision,
  type DecisionContext,
  deniedBy,
  strictest,
  UNDECIDED,
} from "./decision.ts";
import { possibleCommands, reachOf } from "./inner-commands.ts";
import type { PermissionMode } from "./mode.ts";
import { decidePath } from "./path-rules.ts";
import { isLiteral, matchesText, mayMatchText, UNKNOWN } from "./pattern.ts";
import { type Rule, type RuleSet, rulesAbout } from "./rule.ts";
import { type SimpleCommand, type SplitCommand, splitCommand } from "./split-command.ts";

/** Commands after which a relative path means another file. */
const MOVES = ["cd", "pushd", "popd"];

/** Decides about a command line: each of its commands and each file that it writes has to be allowed. */
export function decideCommand(
  source: string,
  rules: RuleSet,
  mode: PermissionMode,
  context: DecisionContext,
): Decision {
  const own = rulesAbout("shell", rules);
  const split = splitCommand(source);
  const decisions = split.commands.map((command) => decideOne(command, own));
  const files = fileDecisions(split, rules, mode, context);
  const isUnsure = !split.isCertain || split.commands.length + split.files.length === 0;
  const unsure: Decision = {
    ...UNDECIDED,
    mayBeDenied: own.deny.length > 0 || rulesAbout("write", rules).deny.length > 0,
  };
  return strictest([...decisions, ...files, ...(isUnsure ? [unsure] : [])]);
}

/** Decides about a command line of the Windows command interpreter, which is not split: only simple ones can be allowed. */
export function decideWindowsCommand(source: string, rules: RuleSet): Decision {
  const own = rulesAbout("shell", rules);
  if (/^[\w .:/\\=-]+$/.test(source))
    return decideOne({ assignments: [], words: source.trim().split(/ +/) }, own);
  return { ...UNDECIDED, mayBeDenied: own.deny.length > 0 };
}

/** The commands of a line that no rule allows yet. */
export function undecidedCommands(source: string, rules: RuleSet): readonly SimpleCommand[] {
  const own = rulesAbout("shell", rules);
  return splitCommand(source).commands.filter((command) => !isAllowed(command, own.allow));
}

function decideOne(command: SimpleCommand, { deny, ask, allow }: RuleSet): Decision {
  const possible = possibleCommands(command).map(commandText);
  const isAbout = ({ pattern }: Rule): boolean => possible.some((text) => matchesText(pattern, text));
  const denied = deny.find(isAbout);
  if (denied !== undefined) return deniedBy(denied);
  const mayMatch = ({ pattern }: Rule): boolean =>
    possible.some((text) => text.includes(UNKNOWN) && mayMatchText(pattern, text));
  if (deny.some(mayMatch)) return { ...UNDECIDED, mayBeDenied: true };
  if (ask.some((rule) => isAbout(rule) || mayMatch(rule))) return ASKED_BY_RULE;
  return isAllowed(command, allow) ? { action: "allow" } : UNDECIDED;
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
