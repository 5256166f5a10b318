import { posix } from "node:path";
import { ASKED_BY_RULE, type Decision, type DecisionContext, deniedBy, UNDECIDED } from "./decision.ts";
import type { PermissionMode } from "./mode.ts";
import { matchesPath, UNKNOWN } from "./pattern.ts";
import { type Rule, type RuleSet, rulesAbout } from "./rule.ts";

/** Files that make other programs run something. Only a rule that names them allows a change without a question. */
const PROTECTED = [
  ".git",
  ".axio",
  ".mcp.json",
  ".vscode",
  ".idea",
  ".husky",
  ".githooks",
  ".envrc",
  ".npmrc",
  ".ssh",
];

/** Decides about a file. `path` is relative to the working directory, or absolute, or {@link UNKNOWN}. */
export function decidePath(
  tool: "read" | "write",
  path: string,
  rules: RuleSet,
  mode: PermissionMode,
  context: DecisionContext,
): Decision {
  const { deny, ask, allow } = rulesAbout(tool, rules);
  if (path === UNKNOWN) return { ...UNDECIDED, mayBeDenied: deny.length > 0 };
  const forms = pathForms(path, context);
  const isAbout = ({ pattern }: Rule): boolean => forms.some((form) => matches(pattern, form, context));
  const denied = deny.find(isAbout);
  if (denied !== undefined) return deniedBy(denied);
  if (ask.some(isAbout)) return ASKED_BY_RULE;
  const isAllowed = allow.some(
    (rule) =>
      isAbout(rule) && (tool === "read" || protectedParts(path).every((part) => rule.pattern.includes(part))),
  );
  const isAcceptedEdit =
    mode === "accept-edits" && tool === "write" && isInside(path) && protectedParts(path).length === 0;
  return isAllowed || isAcceptedEdit ? { action: "allow" } : UNDECIDED;
}

/** Whether an answer for all files of the folder covers this one. */
export function isOrdinaryFile(path: string): boolean {
  return isInside(path) && protectedParts(path).length === 0;
}

function matches(pattern: string, form: string, { home }: DecisionContext): boolean {
  const isAbsolutePattern = pattern.startsWith("/") || pattern.startsWith("~/");
  // `**` stands for the folder, not for the whole disk.
  if (posix.isAbsolute(form) !== isAbsolutePattern) return false;
  return matchesPath(pattern, form, home);
}

/** The path as relative and absolute patterns name it. */
function pathForms(path: string, { cwd }: DecisionContext): readonly string[] {
  const clean = posix.normalize(path);
  if (cwd === undefined) return [clean];
  const absolute = posix.isAbsolute(clean) ? clean : posix.join(cwd, clean);
  const relative = posix.relative(cwd, absolute);
  return relative === ".." || relative.startsWith("../") ? [absolute] : [relative, absolute];
}

function isInside(path: string): boolean {
  const clean = posix.normalize(path);
  return !posix.isAbsolute(clean) && clean !== ".." && !clean.startsWith("../");
}

function protectedParts(path: string): readonly string[] {
  return path.split("/").filter((part) => PROTECTED.includes(part.toLowerCase()));
}
