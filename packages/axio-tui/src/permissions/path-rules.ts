import { posix } from "node:path";
import { ASKED_BY_RULE, type Decision, type DecisionContext, deniedBy, UNDECIDED } from "./decision.ts";
import type { PermissionMode } from "./mode.ts";
import { literalPattern, matchesPath, UNKNOWN } from "./pattern.ts";
import { type Rule, type RuleSet, rulesAbout } from "./rule.ts";

/** Files that make other programs run something. Only a rule that names them allows a change without a question. */
const PROTECTED: ReadonlySet<string> = new Set(
  // Agents: hooks, servers, rules.
  (
    ".axio .mcp.json .claude .claude.json .codex .cursor .gemini .opencode opencode.json opencode.jsonc .windsurf .continue .roo " +
    // Git, and what runs on a commit.
    ".git .gitconfig .gitmodules .husky .githooks .pre-commit-config.yaml lefthook.yml lefthook.yaml .lefthook.yml .lefthook.yaml " +
    // Editors and their containers: tasks, extensions, scripts that are loaded with a folder.
    ".vscode .idea .fleet .zed .devcontainer .devcontainer.json .vimrc .exrc .nvimrc .nvim.lua .emacs .emacs.d .dir-locals.el " +
    // Package managers: programs that run at the next call.
    ".npmrc .yarnrc .yarnrc.yml .yarn .pnpmfile.cjs .pnpmfile.mjs .pnp.cjs .pnp.loader.mjs .cargo .gradle .mvn .bundle " +
    // Shells and tools that are loaded on entering a folder, at a login or at a start, if the folder is the home directory.
    ".envrc .mise .mise.toml mise.toml .ssh .gnupg .config .local .profile .bashrc .bash_profile .bash_login .bash_logout " +
    ".bash_aliases .zshrc .zshenv .zprofile .zlogin .zlogout .inputrc .tmux.conf .gdbinit .lldbinit .xprofile .xinitrc"
  ).split(" "),
);

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
  const isAboutPlace = (rule: Rule): boolean => isAbout(rule) || isAbout(atPlace(rule, context));
  const denied = deny.find(isAboutPlace);
  if (denied !== undefined) return deniedBy(denied);
  if (ask.some(isAboutPlace)) return ASKED_BY_RULE;
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

/** A rule with the real place of its path: paths come without symbolic links, and users name the links. */
function atPlace(rule: Rule, { home, locate }: DecisionContext): Rule {
  const parts = rule.pattern.split("/");
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  const named = wild === -1 ? parts : parts.slice(0, wild);
  const path = named.join("/");
  if (locate === undefined || path === "" || path === "~") return rule;
  const place = locate(home !== undefined && path.startsWith("~/") ? home + path.slice(1) : path);
  return { ...rule, pattern: [literalPattern(place), ...parts.slice(named.length)].join("/") };
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
  return path.split("/").filter((part) => PROTECTED.has(sameName(part)));
}

/** A name as some file systems see it: without case, invisible characters, and what Windows cuts off. */
function sameName(name: string): string {
  return name
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "")
    .toLowerCase();
}
