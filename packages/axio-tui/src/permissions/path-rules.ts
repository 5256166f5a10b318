import { posix } from "node:path";
import type { Decision, DecisionContext } from "./decision.ts";
import type { PermissionMode } from "./mode.ts";
import { matchesPath, UNKNOWN } from "./pattern.ts";
import { formatRule, type Rule, type RuleSet } from "./rule.ts";

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
  const own = (list: readonly Rule[]): readonly Rule[] => list.filter((rule) => rule.tool === tool);
  const denials = own(rules.deny);
  if (path === UNKNOWN) return { action: "ask", isExplicit: false, mayBeDenied: denials.length > 0 };
  const forms = pathForms(path, context);
  const find = (list: readonly Rule[]): Rule | undefined =>
    own(list).find(({ pattern }) => forms.some((form) => matches(pattern, form, context)));
  const denied = find(rules.deny);
  if (denied !== undefined)
    return {
      action: "deny",
      reason: `The user's rule "${formatRule(denied)}" denies this. Find another way.`,
    };
  if (find(rules.ask) !== undefined) return { action: "ask", isExplicit: true, mayBeDenied: false };
  const isAllowed = own(rules.allow).some(
    ({ pattern }) =>
      forms.some((form) => matches(pattern, form, context)) &&
      (tool === "read" || protectedParts(path).every((part) => pattern.includes(part))),
  );
  const isAcceptedEdit =
    mode === "accept-edits" && tool === "write" && isInside(path) && protectedParts(path).length === 0;
  return isAllowed || isAcceptedEdit
    ? { action: "allow" }
    : { action: "ask", isExplicit: false, mayBeDenied: false };
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
