import type { PendingRequest } from "../host/permission-queue.ts";
import type { Editor } from "../prompt/editor.ts";
import { editorLines } from "../prompt/editor-lines.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { escapedLine, escapedText } from "../theme/escape-visible.ts";
import { cursorSpan, type Line, span } from "../theme/line.ts";
import { truncate } from "../theme/width.ts";
import { wrapCharacters, wrapWords } from "../theme/wrap.ts";
import { detailLines } from "./permission-detail.ts";
import { RULE_HINT, type RuleDraft, ruleDraftLines } from "./rule-draft.ts";

/** A permission request, and the state of its panel. */
export interface PermissionPanel {
  readonly pending: PendingRequest;
  /** The number of open requests, including this one. */
  readonly waiting: number;
  /** Whether the user has moved from the prompt to the answers. */
  readonly isFocused: boolean;
  /** Whether an answer counts already. */
  readonly isReady: boolean;
  /** The selected answer. Default: none, so that Enter alone answers nothing. */
  readonly index?: number | undefined;
  /** How many rows of the request are scrolled out at the top. */
  readonly offset: number;
  /** The reason of a denial, while the user writes it. */
  readonly reason?: Editor | undefined;
  /** The rules that would allow the request, as the app proposes them. Empty if there are none. */
  readonly proposed: readonly string[];
  /** The rules that the user is about to add. */
  readonly rule?: RuleDraft | undefined;
}

/** Returns the panel of a request that was just asked. */
export function makePermissionPanel(
  pending: PendingRequest,
  waiting: number,
  proposed: readonly string[] = [],
): PermissionPanel {
  return { pending, waiting, isFocused: false, isReady: false, offset: 0, proposed };
}

const ANSWERS = [
  { key: "y", type: "once" },
  { key: "a", type: "session" },
  { key: "r", type: "rule" },
  { key: "n", type: "no" },
  { key: "v", type: "never" },
] as const;

/** Returns the answers to a request in display order, with their keys. */
export function answersTo({ pending }: PermissionPanel): readonly (typeof ANSWERS)[number][] {
  return ANSWERS.filter(({ type }) => type !== "rule" || pending.request.subject !== undefined);
}

/** Below this height the answers are shortened. */
const TIGHT_ROWS = 10;

/**
 * Lays out a request, in at most `height` rows. `scrollable` is the largest offset, `room` the number of
 * rows of the request that are shown at once.
 *
 * @param hasDraft Whether the prompt below has text, so that letters belong to it.
 */
export function permissionLines(
  panel: PermissionPanel,
  width: number,
  height: number,
  terminal: TerminalStyle,
  hasDraft: boolean,
): { readonly rows: readonly Line[]; readonly scrollable: number; readonly room: number } {
  const isTight = height < TIGHT_ROWS;
  const request = requestLines(panel, width, isTight);
  const answers = answerRows(panel, width, isTight, terminal);
  const hint = hintLines(panel, width, isTight, terminal, hasDraft);
  const gap = isTight ? [] : [[]];
  const rest = gap.length + answers.length + hint.length;
  const isLonger = request.length > height - rest;
  const room = Math.max(1, height - rest - (isLonger ? 1 : 0));
  const scrollable = Math.max(0, request.length - room);
  const offset = Math.min(panel.offset, scrollable);
  const shown = request.slice(offset, offset + room);
  const position =
    scrollable > 0 ? [positionLine(offset, shown.length, request.length, width, terminal)] : [];
  return { rows: [...shown, ...position, ...gap, ...answers, ...hint], scrollable, room };
}

/** The title, the tool and what it will do. Where rows are few, that comes first. */
function requestLines(
  { pending, waiting }: PermissionPanel,
  width: number,
  isTight: boolean,
): readonly Line[] {
  const { request, from } = pending;
  const more = waiting > 1 ? ` (1 of ${waiting})` : "";
  const title = wrapCharacters(
    [
      ...escapedLine(request.title, { style: { bold: true, color: "warning" } }),
      span("?", { bold: true, color: "warning" }),
    ],
    width,
  );
  const source = wrapWords([span(`Requested by ${escapedText(from)}${more}`, { color: "muted" })], width);
  const detail = detailLines(request, width);
  return isTight ? [...title, ...detail, ...source] : [...title, ...source, ...detail];
}

function positionLine(
  offset: number,
  shown: number,
  all: number,
  width: number,
  { symbols }: TerminalStyle,
): Line {
  const text = `  ${symbols.ellipsis} rows ${offset + 1}-${offset + shown} of ${all} (PgUp, PgDn)`;
  const isEnd = offset + shown === all;
  return [span(truncate(text, width, symbols.ellipsis), { color: isEnd ? "muted" : "warning" })];
}

function answerRows(
  panel: PermissionPanel,
  width: number,
  isTight: boolean,
  terminal: TerminalStyle,
): readonly Line[] {
  if (panel.rule !== undefined) return ruleDraftLines(panel.rule, width, terminal);
  if (panel.reason !== undefined) return editorLines(panel.reason, width, terminal);
  return isTight ? shortAnswerLines(panel) : answerLines(panel, width, terminal);
}

function shortAnswerLines(panel: PermissionPanel): readonly Line[] {
  const texts = { once: "once", session: "session", rule: "rule", no: "no", never: "never" };
  const answers = answersTo(panel).map(({ key, type }, at) => [
    span(`${key} `, { color: "accent", bold: true }),
    at === panel.index ? cursorSpan(texts[type], { bold: true, inverse: true }) : span(texts[type]),
    span("  "),
  ]);
  return [answers.slice(0, 2).flat(), answers.slice(2).flat()];
}

function answerLines(panel: PermissionPanel, width: number, { symbols }: TerminalStyle): readonly Line[] {
  const { index, proposed } = panel;
  const { scopeDescription } = panel.pending.request;
  const more = proposed.length > 1 ? ` and ${proposed.length - 1} more` : "";
  const texts = {
    once: "Yes, once",
    session: `Yes, and in this session also ${scopeDescription === undefined ? "the same request" : escapedText(scopeDescription)}`,
    rule: proposed.length === 0 ? "Yes, by a rule" : `Yes, by a rule: ${proposed[0]}${more}`,
    no: "No, and say what to do instead",
    never: "Never in this session",
  };
  return answersTo(panel).map(({ key, type }, at): Line => {
    const isSelected = at === index;
    const text = truncate(texts[type], width - 4, symbols.ellipsis);
    return [
      span(isSelected ? `${symbols.prompt} ` : "  ", { color: "accent" }),
      span(`${key} `, { color: "accent", bold: true }),
      isSelected ? cursorSpan(text, { bold: true }) : span(text),
    ];
  });
}

function hintLines(
  panel: PermissionPanel,
  width: number,
  isTight: boolean,
  { symbols }: TerminalStyle,
  hasDraft: boolean,
): readonly Line[] {
  if (!isTight) return wrapWords([span(hintText(panel, hasDraft), { color: "muted" })], width);
  return [[span(truncate(shortHint(panel, hasDraft), width, symbols.ellipsis), { color: "muted" })]];
}

function shortHint(panel: PermissionPanel, hasDraft: boolean): string {
  if (panel.rule !== undefined) return hintText(panel, hasDraft);
  if (panel.reason !== undefined) return "Enter denies and sends it, Esc goes back";
  if (!panel.isReady) return "Answers count in a moment";
  return hasDraft && !panel.isFocused
    ? "Tab moves to the answers, Esc denies"
    : "Esc denies and stops, n denies";
}

/** Says which keys answer, and what Esc and `n` do. */
export function hintText(
  { reason, rule, isFocused, isReady }: Pick<PermissionPanel, "reason" | "rule" | "isFocused" | "isReady">,
  hasDraft: boolean,
): string {
  if (rule !== undefined) return RULE_HINT;
  if (reason !== undefined)
    return "What should it do instead? Enter denies and sends it, with or without text; Esc goes back.";
  if (!isReady) return "Answers count in a moment. Esc denies and stops the run.";
  const ends = "Esc denies and stops the run, n denies and asks what to do instead.";
  if (hasDraft && !isFocused)
    return `Letters go to the prompt. Up, Down or Tab moves to the answers. ${ends}`;
  return `A letter or Enter answers, Up and Down move. ${ends}`;
}
