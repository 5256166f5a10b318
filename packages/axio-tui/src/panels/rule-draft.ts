import { parseRule } from "../permissions/rule.ts";
import { type Editor, EMPTY_EDITOR, setText } from "../prompt/editor.ts";
import { editorLines } from "../prompt/editor-lines.ts";
import { OWN_SCOPES, type ScopedRule } from "../settings/permission-rules.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { type Line, span } from "../theme/line.ts";
import { wrapWords } from "../theme/wrap.ts";

/** Rules that the user is about to add from a question. */
export interface RuleDraft {
  /** One rule per line. */
  readonly editor: Editor;
  readonly scope: (typeof OWN_SCOPES)[number];
  readonly action: "allow" | "deny";
  /** Why the rules cannot be added, or do not decide the request. */
  readonly problem?: string | undefined;
}

const SCOPE_TITLES = { session: "in this session", folder: "in this folder", always: "everywhere" };

/** Returns a draft with proposed rules. */
export function makeRuleDraft(rules: readonly string[]): RuleDraft {
  return { editor: setText(EMPTY_EDITOR, rules.join("\n")), scope: "session", action: "allow" };
}

/** Returns the draft with the next scope. */
export function nextScope(draft: RuleDraft): RuleDraft {
  const index = (OWN_SCOPES.indexOf(draft.scope) + 1) % OWN_SCOPES.length;
  return { ...draft, scope: OWN_SCOPES[index] ?? "session" };
}

/** Returns the draft with the other action. */
export function otherAction(draft: RuleDraft): RuleDraft {
  return { ...draft, action: draft.action === "allow" ? "deny" : "allow" };
}

/** The rules of a draft, or the reason why they are none. */
export function rulesOf({ editor, scope, action }: RuleDraft): readonly ScopedRule[] | string {
  const lines = editor.text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return "Write a rule, such as shell: npm test *";
  for (const line of lines) {
    const parsed = parseRule(line);
    if ("problem" in parsed) return `"${line.trim()}" is not a rule: ${parsed.problem}.`;
  }
  return lines.map((line) => ({ scope, action, text: line.trim() }));
}

/** Lays out a draft: what it does, and the rules in an input. */
export function ruleDraftLines(draft: RuleDraft, width: number, terminal: TerminalStyle): readonly Line[] {
  const { scope, action, problem, editor } = draft;
  const verb = action === "allow" ? "Always allow" : "Never allow";
  return [
    ...wrapWords(
      [
        span(`${verb} ${SCOPE_TITLES[scope]}`, {
          bold: true,
          color: action === "allow" ? "accent" : "error",
        }),
        span(", without a question:"),
      ],
      width,
    ),
    ...editorLines(editor, width, terminal),
    ...(problem === undefined ? [] : wrapWords([span(problem, { color: "error" })], width)),
  ];
}

/** The keys of a draft. */
export const RULE_HINT =
  "* stands for any text. Tab: session, this folder or everywhere. Shift-Tab: allow or deny. Enter saves, Esc goes back.";
