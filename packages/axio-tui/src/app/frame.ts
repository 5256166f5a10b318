import type { ConversationState } from "../conversation/state.ts";
import { pageLines } from "../panels/page.ts";
import { permissionLines } from "../panels/permission.ts";
import { pickerLines } from "../panels/picker.ts";
import { completionLines } from "../prompt/completion.ts";
import { editorLines } from "../prompt/editor-lines.ts";
import { statusLine } from "../status/status-line.ts";
import { formatSpan } from "../status/time.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { wrapWords } from "../theme/wrap.ts";
import { withMarker } from "../transcript/entry-lines.ts";
import { allEntries } from "../transcript/transcript.ts";
import { type RowsOf, visibleRows } from "../transcript/viewport.ts";
import type { View } from "./view.ts";

const COMPLETION_ROWS = 8;
const QUEUED_ROWS = 3;

/** The whole screen: exactly `view.height` rows. The transcript has what the rest leaves. */
export function frameLines(
  view: View,
  state: ConversationState,
  rowsOf: RowsOf,
  now: number,
): readonly Line[] {
  const bottom = bottomLines(view, state, now).slice(-view.height);
  const height = view.height - bottom.length;
  const rows = transcriptRows(view, state, rowsOf, height);
  const filler: Line[] = Array.from({ length: height - rows.length }, () => []);
  return [...rows, ...filler, ...bottom];
}

/** How many rows the transcript has. */
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

function welcomeLines({ welcome, width, look }: View): readonly Line[] {
  return welcome.flatMap(({ text, kind }): readonly Line[] => {
    const clean = cleanLine(text, look.unicode);
    if (clean === "") return [[]];
    if (kind === "offer")
      return withMarker(` ${look.glyphs.arrow}`, { color: "accent" }, [span(clean)], width);
    return wrapWords([span(clean, WELCOME_STYLES[kind])], width);
  });
}

const WELCOME_STYLES = {
  title: { bold: true, color: "accent" },
  warning: { color: "warning" },
  text: { color: "muted" },
} as const;

/** How many rows a question may take. */
export function permissionHeight(height: number): number {
  // The rows around it stay: two rules and the status.
  return Math.max(4, Math.min(height - 3, Math.floor(height * 0.7)));
}

/** How many rows a page may take. */
export function pageHeight(height: number): number {
  return Math.max(5, Math.floor(height * 0.8));
}

function bottomLines(view: View, state: ConversationState, now: number): readonly Line[] {
  const { width, height, look, panel, permission } = view;
  const status = statusLine(state, width, look);
  const rule: Line = [span(look.glyphs.rule.repeat(width), { color: "muted" })];
  if (permission !== undefined) {
    const { rows } = permissionLines(permission, width, permissionHeight(height), look);
    return [rule, ...rows, rule, status];
  }
  if (panel?.type === "picker")
    return [rule, ...pickerLines(panel, width, Math.max(5, Math.floor(height * 0.6)), look), rule, status];
  if (panel?.type === "page")
    return [rule, ...pageLines(panel, width, pageHeight(height), look), rule, status];
  return [
    ...queuedLines(view, state),
    ...activityLine(view, state, now),
    rule,
    ...promptLines(view, state.transcript.settled.length === 0),
    ...(view.completion === undefined
      ? [rule]
      : completionLines(view.completion, width, Math.min(COMPLETION_ROWS, Math.max(3, height - 8)), look)),
    ...hintLines(view),
    status,
  ];
}

function promptLines({ editor, width, height, look }: View, isEmpty: boolean): readonly Line[] {
  if (editor.text === "") {
    const said = isEmpty ? "Ask anything, @ names a file, / shows commands" : "";
    const text = truncate(said, Math.max(0, width - 4), look.glyphs.ellipsis);
    return [
      [
        span(`${look.glyphs.prompt} `, { color: "user" }),
        span(" ", { inverse: true }),
        span(text, { color: "muted" }),
      ],
    ];
  }
  const { rows, cursorRow } = editorLines(editor, width, look);
  const most = Math.max(1, Math.floor(height / 3));
  if (rows.length <= most) return rows;
  const start = Math.max(0, Math.min(cursorRow - most + 1, rows.length - most));
  return rows.slice(start, start + most);
}

function hintLines({ hint, width, look }: View): readonly Line[] {
  return hint === undefined
    ? []
    : wrapWords([span(cleanLine(hint, look.unicode), { color: "warning" })], width);
}

function queuedLines({ width, look }: View, { queued }: ConversationState): readonly Line[] {
  return queued
    .slice(-QUEUED_ROWS)
    .map(
      (text): Line => [
        span(
          truncate(
            `  ${look.glyphs.prompt} ${cleanLine(text, look.unicode)} (waits)`,
            width,
            look.glyphs.ellipsis,
          ),
          { color: "muted" },
        ),
      ],
    );
}

function activityLine(view: View, state: ConversationState, now: number): readonly Line[] {
  const { look, tick, width, anchor } = view;
  const scrolled = anchor === undefined ? "" : "scrolled up (Ctrl-End goes down)";
  if (state.phase === "idle")
    return [[span(truncate(scrolled, width, look.glyphs.ellipsis), { color: "warning" })]];
  const sign = look.glyphs.spinner[tick % look.glyphs.spinner.length] ?? "";
  const text = state.phase === "compacting" ? "Compacting the conversation" : activityText(state);
  const time = formatSpan((now - state.since) / 1_000);
  const said = truncate(
    `${text} ${look.glyphs.dot} ${time} ${look.glyphs.dot} Esc stops`,
    width - 2,
    look.glyphs.ellipsis,
  );
  const left = width - 2 - textWidth(said) - 3;
  const also = left > scrolled.length && scrolled !== "" ? ` ${look.glyphs.dot} ${scrolled}` : "";
  return [
    [
      span(`${sign} `, { color: "accent" }),
      span(said, { color: "muted" }),
      ...(also === "" ? [] : [span(also, { color: "warning" })]),
    ],
  ];
}

function activityText({ transcript }: ConversationState): string {
  const last = transcript.live.at(-1)?.entry;
  if (last?.kind === "retry") return "Waiting to try again";
  if (last?.kind === "reasoning") return "Thinking";
  if (last?.kind === "tool") return `Calling ${last.name}`;
  if (last?.kind === "hosted-tool") return "Searching";
  if (last?.kind === "text") return "Answering";
  const running = transcript.settled.findLast((entry) => entry.kind === "tool" && entry.state === "running");
  if (running?.kind === "tool") return `Running ${running.name}`;
  return "Waiting for the model";
}
