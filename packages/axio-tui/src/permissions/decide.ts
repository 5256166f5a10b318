import type { PermissionSubject } from "axio/plugin";
import { decideCommand, decideWindowsCommand } from "./command-rules.ts";
import {
  ASKED_BY_RULE,
  type DecidedRequest,
  type Decision,
  type DecisionContext,
  deniedBy,
  UNDECIDED,
} from "./decision.ts";
import { type PermissionMode, PLAN_REASON } from "./mode.ts";
import { decidePath } from "./path-rules.ts";
import { matchesText } from "./pattern.ts";
import { type Rule, type RuleSet, type RuleTool, rulesAbout } from "./rule.ts";

/**
 * Decides a permission request by the user's rules and mode, without asking or waiting. A rule that denies wins over
 * everything, then the mode `plan`, then a rule that asks, then a rule or the mode that allows.
 */
export function decide(
  rules: RuleSet,
  mode: PermissionMode,
  request: DecidedRequest,
  context: DecisionContext = {},
): Decision {
  const { subject, isAllowedByDefault = false } = request;
  const decision = subject === undefined ? UNDECIDED : decideSubject(subject, rules, mode, context);
  if (decision.action === "deny") return decision;
  const isReading =
    subject?.type === "read" ||
    subject?.type === "fetch" ||
    (subject === undefined && isAllowedByDefault) ||
    (subject?.type === "mcp" && subject.isReadOnly === true);
  if (mode === "plan" && !isReading) return { action: "deny", reason: PLAN_REASON };
  const isUndecided = decision.action === "ask" && !decision.isExplicit && !decision.mayBeDenied;
  return isAllowedByDefault && isUndecided ? { action: "allow" } : decision;
}

function decideSubject(
  subject: PermissionSubject,
  rules: RuleSet,
  mode: PermissionMode,
  context: DecisionContext,
): Decision {
  switch (subject.type) {
    case "shell": {
      const decision =
        subject.syntax === "cmd"
          ? decideWindowsCommand(subject.command, rules)
          : decideCommand(subject.command, rules, mode, context);
      // Rules were made for commands in the sandbox.
      return decision.action === "allow" && subject.leavesSandbox === true ? UNDECIDED : decision;
    }
    case "read":
    case "write":
      return decidePath(subject.type, subject.path, rules, mode, context);
    case "mcp": {
      const name = `${subject.server}/${subject.tool}`;
      return decideText("mcp", rules, ({ pattern }) => {
        const [, base = pattern, hash] = /^(.*)#([0-9a-f]{8,})$/s.exec(pattern) ?? [];
        return matchesText(base, name) && (hash === undefined || hash === subject.definitionHash);
      });
    }
    case "fetch": {
      const url = readUrl(subject.url);
      if (url === undefined) return { ...UNDECIDED, mayBeDenied: rulesAbout("fetch", rules).deny.length > 0 };
      return decideText("fetch", rules, ({ pattern }) => matchesText(pattern, url));
    }
  }
}

function decideText(tool: RuleTool, rules: RuleSet, matches: (rule: Rule) => boolean): Decision {
  const { deny, ask, allow } = rulesAbout(tool, rules);
  const denied = deny.find(matches);
  if (denied !== undefined) return deniedBy(denied);
  if (ask.some(matches)) return ASKED_BY_RULE;
  return allow.some(matches) ? { action: "allow" } : UNDECIDED;
}

/** The URL as it will be requested; `undefined` if it is not a URL, or names a user, which makes the host hard to see. */
function readUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === "" && url.password === "" ? url.href : undefined;
}
