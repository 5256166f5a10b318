import type { ConversationState } from "../conversation/state.ts";
import { pageLines } from "../panels/page.ts";
import { type PermissionPanel, permissionLines } from "../panels/permission.ts";
import { pickerLines } from "../panels/picker.ts";
import { shownQuestion, type View } from "../panels/view.ts";
import { completionLines } from "../prompt/completion.ts";
import { editorLines } from "../prompt/editor-lines.ts";
import { statusLine } from "../status/status-line.ts";
import { formatElapsed } from "../status/time.ts";
import type { Frame } from "../terminal/frame-writer.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { cursorSpan, findCursor, type Line, span } from "../theme/line.ts";
import { paintLine } from "../theme/theme.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { cutLine, wrapWords } from "../theme/wrap.ts";
import { withMarker } from "../transcript/entry-lines.ts";
import { allEntries } from "../transcript/transcript.ts";
import { USER_COMMAND } from "../transcript/user-commands.ts";
import { type RowsOf, visibleRows } from "../transcript/viewport.ts";
import { screenFrame } from "./screen-frame.ts";

const COMPLETION_ROWS = 8;
const QUEUED_ROWS = 3;
/** The largest height of the prompt below a question. */
const PROMPT_ROWS = 3;
/** The height that a question may have on a small screen. */
const SMALL_ROWS = 12;

/** The frame to show: the screen that has the terminal, or the conversation with the prompt or a panel. */
export function appFrame(view: View, state: ConversationState, rowsOf: RowsOf, now: number): Frame {
  if (view.panel?.type === "screen") return screenFrame(view.panel.screen, view);
  const rows = frameLines(view, state, rowsOf, now).map((row) => cutLine(row, view.width));
  return {
    rows: rows.map((row) => paintLine(row, view.terminal.theme, view.terminal.hyperlinks)),
    cursor: findCursor(rows),
  };
}

/** The rows of the whole screen, exactly `view.height`. The transcript gets the rows that the rest leaves free. */
function frameLines(view: View, state: ConversationState, rowsOf: RowsOf, now: number): readonly Line[] {
  const bottom = bottomLines(view, state, now).slice(-view.height);
  const height = view.height - bottom.length;
  const rows = transcriptRows(view, state, rowsOf, height);
  const filler: Line[] = Array.from({ length: height - rows.length }, () => []);
  return [...rows, ...filler, ...bottom];
}

/** The height of the transcript. */
export function transcriptHeight(view: View, state: ConversationState, now: number): number {
  return Math.max(0, view.height - bottomLines(view, state, now).length);
}

function transcriptRows(
  view: View,
  state: ConversationState,
  rowsOf: RowsOf,
  height: number,
): readonly Line[] {
  if (height <= 0) return [];
  const entries = allEntries(state.transcript);
  if (entries.length === 0) return welcomeLines(view).slice(0, height);
  return visibleRows(entries, view.anchor, height, rowsOf);
}

function welcomeLines({ welcome, width, terminal }: View): readonly Line[] {
  return welcome.flatMap(({ text, kind }): readonly Line[] => {
    const clean = cleanLine(text, terminal.unicode);
    if (clean === "") return [[]];
    if (kind === "offer")
      return withMarker(` ${terminal.symbols.arrow}`, { color: "accent" }, [span(clean)], width);
    return wrapWords([span(clean, WELCOME_STYLES[kind])], width);
  });
}

const WELCOME_STYLES = {
  title: { bold: true, color: "accent" },
  warning: { color: "warning" },
  text: { color: "muted" },
} as const;

/** Lays out a permission request. `scrollable` is how far it can be scrolled. */
export function questionLayout(view: View, question: PermissionPanel): ReturnType<typeof permissionLines> {
  const { width, height, terminal } = view;
  // Two rules, the prompt and the status line remain. On a small screen, what will run is more important than the transcript.
  const free = height - 3 - promptLines(view, false, PROMPT_ROWS).length - hintLines(view).length;
  const most = Math.max(5, Math.min(free, Math.max(SMALL_ROWS, Math.floor(height * 0.7))));
  return permissionLines(question, width, most, terminal, view.editor.text !== "");
}

/** The largest height of a page. */
export function pageHeight(height: number): number {
  return Math.max(5, Math.floor(height * 0.8));
}

function bottomLines(view: View, state: ConversationState, now: number): readonly Line[] {
  const { width, height, terminal, panel } = view;
  const status = statusLine(state, width, terminal, view.mode);
  const rule: Line = [span(terminal.symbols.rule.repeat(width), { color: "muted" })];
  const question = shownQuestion(view);
  if (question !== undefined) {
    const { rows } = questionLayout(view, question);
    // The reason of a denial is written in the question; everything else below it.
    const isWriting = question.reason !== undefined || question.rule !== undefined;
    const prompt = !isWriting ? promptLines(view, false, PROMPT_ROWS) : [];
    return [rule, ...rows, rule, ...prompt, ...hintLines(view), status];
  }
  if (panel?.type === "picker")
    return [
      ...waitingLines(view),
      rule,
      ...pickerLines(panel, width, Math.max(5, Math.floor(height * 0.6)), terminal),
      rule,
      status,
    ];
  if (panel?.type === "page")
    return [
      ...waitingLines(view),
      rule,
      ...pageLines(panel, width, pageHeight(height), terminal),
      rule,
      status,
    ];
  return [
    ...queuedLines(view, state),
    ...activityLine(view, state, now),
    rule,
    ...promptLines(view, state.transcript.committed.length === 0, Math.floor(height / 3)),
    ...(view.completion === undefined
      ? [rule]
      : completionLines(
          view.completion,
          width,
          Math.min(COMPLETION_ROWS, Math.max(3, height - 8)),
          terminal,
        )),
    ...hintLines(view),
    status,
  ];
}

/** Says that a permission request waits behind a panel. */
function waitingLines({ permission, width, terminal }: View): readonly Line[] {
  if (permission === undefined) return [];
  const text = "A tool requests permission. Esc closes this and shows the request.";
  return [[span(truncate(text, width, terminal.symbols.ellipsis), { color: "warning" })]];
}

function promptLines({ editor, width, terminal }: View, isEmpty: boolean, most: number): readonly Line[] {
  if (editor.text === "") {
    const shown = isEmpty ? "Ask anything, @ attaches a file, / shows commands" : " ";
    const text = truncate(shown, Math.max(1, width - 3), terminal.symbols.ellipsis);
    return [[span(`${terminal.symbols.prompt} `, { color: "user" }), cursorSpan(text, { color: "muted" })]];
  }
  const rows = editorLines(editor, width, terminal);
  const limit = Math.max(1, most);
  const cursorRow = findCursor(rows)?.row ?? 0;
  const start = Math.max(0, Math.min(cursorRow - limit + 1, rows.length - limit));
  return rows.slice(start, start + limit);
}

function hintLines({ hint, width, terminal }: View): readonly Line[] {
  return hint === undefined
    ? []
    : wrapWords([span(cleanLine(hint, terminal.unicode), { color: "warning" })], width);
}

function queuedLines({ width, terminal }: View, { queued }: ConversationState): readonly Line[] {
  return queued
    .slice(-QUEUED_ROWS)
    .map(
      (text): Line => [
        span(
          truncate(
            `  ${terminal.symbols.prompt} ${cleanLine(text, terminal.unicode)} (waiting)`,
            width,
            terminal.symbols.ellipsis,
          ),
          { color: "muted" },
        ),
      ],
    );
}

function activityLine(view: View, state: ConversationState, now: number): readonly Line[] {
  const { terminal, tick, width, anchor } = view;
  const scrolled = anchor === undefined ? "" : "scrolled up (Ctrl-End: newest)";
  if (state.phase === "idle")
    return [[span(truncate(scrolled, width, terminal.symbols.ellipsis), { color: "warning" })]];
  const spinner = terminal.symbols.spinner[tick % terminal.symbols.spinner.length] ?? "";
  const text = state.phase === "compacting" ? "Compacting the conversation" : activityText(state);
  const time = formatElapsed((now - state.phaseStartedAt) / 1_000);
  const message = truncate(
    `${text} ${terminal.symbols.dot} ${time} ${terminal.symbols.dot} Esc stops`,
    width - 2,
    terminal.symbols.ellipsis,
  );
  const left = width - 2 - textWidth(message) - 3;
  const also = left > scrolled.length && scrolled !== "" ? ` ${terminal.symbols.dot} ${scrolled}` : "";
  return [
    [
      span(`${spinner} `, { color: "accent" }),
      span(message, { color: "muted" }),
      ...(also === "" ? [] : [span(also, { color: "warning" })]),
    ],
  ];
}

function activityText({ transcript }: ConversationState): string {
  const last = transcript.live.at(-1)?.entry;
  if (last?.kind === "retry") return "Waiting to retry";
  if (last?.kind === "reasoning") return "Reasoning";
  if (last?.kind === "tool") return `Calling ${last.name}`;
  if (last?.kind === "hosted-tool") return "Searching";
  if (last?.kind === "text") return "Answering";
  const running = transcript.committed.findLast(
    (entry) => entry.kind === "tool" && entry.state === "running",
  );
  if (running?.kind === "tool")
    return running.name === USER_COMMAND ? "Running your command" : `Running ${running.name}`;
  return "Waiting for the model";
}
