import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { cursorSpan, type Line, type Span, span } from "../theme/line.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { wrapWords } from "../theme/wrap.ts";

/** An item to choose. */
export interface PickerItem {
  readonly label: string;
  /** Shown after the label. */
  readonly detail?: string | undefined;
  /** Shown once above adjacent items of the same group. */
  readonly group?: string | undefined;
  /** Whether the item is in use. */
  readonly isCurrent?: boolean | undefined;
  readonly choose: () => void;
}

/** A list to choose from. */
export interface Picker {
  readonly type: "picker";
  readonly title: string;
  readonly items: readonly PickerItem[];
  /** The text typed to find items. */
  readonly filter: string;
  /** The selected item. */
  readonly index: number;
  /** Shown if there are no items. */
  readonly empty: string;
  /** Returns the items for a filter. Default: the items that contain all words of the filter. */
  readonly search?: ((filter: string) => Promise<readonly PickerItem[]>) | undefined;
}

/** Returns a list with its current item selected. */
export function makePicker(options: Pick<Picker, "title" | "items" | "empty" | "search">): Picker {
  const current = options.items.findIndex(({ isCurrent }) => isCurrent === true);
  return { ...options, type: "picker", filter: "", index: Math.max(0, current) };
}

/** The items that match the filter. */
export function matchingItems({ items, filter, search }: Picker): readonly PickerItem[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (search !== undefined || words.length === 0) return items;
  return items.filter(({ label, detail, group }) => {
    const text = `${label} ${detail ?? ""} ${group ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Moves the selection. A single step wraps around at the ends. */
export function movePicker(picker: Picker, by: number): Picker {
  const count = matchingItems(picker).length;
  if (count === 0) return picker;
  const isStep = Math.abs(by) === 1;
  const index = picker.index + by;
  return { ...picker, index: isStep ? (index + count) % count : Math.min(count - 1, Math.max(0, index)) };
}

/** Lays out a list, in at most `height` rows. */
export function pickerLines(
  picker: Picker,
  width: number,
  height: number,
  terminal: TerminalStyle,
): readonly Line[] {
  const items = matchingItems(picker);
  const rows: Line[] = [];
  let selectedRow = 0;
  let group: string | undefined;
  const column = labelColumn(items, width);
  for (const [index, item] of items.entries()) {
    if (item.group !== group && item.group !== undefined) {
      group = item.group;
      rows.push([
        span(truncate(` ${cleanLine(group, terminal.unicode)}`, width, terminal.symbols.ellipsis), {
          color: "muted",
        }),
      ]);
    }
    if (index === picker.index) selectedRow = rows.length;
    rows.push(itemLine(item, index === picker.index, column, width, terminal));
  }
  if (items.length === 0) {
    const text = picker.filter === "" ? picker.empty : "Nothing matches.";
    rows.push(...wrapWords([span(text, { color: "muted" })], width - 1).map((row) => [span(" "), ...row]));
  }
  const room = Math.max(1, height - 2);
  const start = Math.max(0, Math.min(selectedRow - Math.floor(room / 2), rows.length - room));
  const hint = `${terminal.symbols.upDown} move  Enter select  Esc close`;
  const filter: readonly Span[] =
    picker.filter === ""
      ? [span(" "), cursorSpan("type to find", { color: "muted" })]
      : [span(` ${picker.filter}`), cursorSpan(" ")];
  const count = items.length > room ? ` (${picker.index + 1}/${items.length})` : "";
  return [
    [span(`${picker.title}${count}`, { bold: true, color: "accent" }), ...filter],
    ...rows.slice(start, start + room),
    [span(truncate(hint, width, terminal.symbols.ellipsis), { color: "muted" })],
  ];
}

/** Aligns the details, unless labels take more than half of the width. */
function labelColumn(items: readonly PickerItem[], width: number): number {
  const widest = items.reduce((most, { label }) => Math.max(most, textWidth(label)), 0);
  return Math.min(widest, Math.floor(width / 2)) + 2;
}

function itemLine(
  item: PickerItem,
  isSelected: boolean,
  column: number,
  width: number,
  terminal: TerminalStyle,
): Line {
  const { symbols, unicode } = terminal;
  const mark = isSelected ? `${symbols.prompt} ` : "  ";
  const current = item.isCurrent === true ? ` ${symbols.done}` : "";
  const label = truncate(cleanLine(item.label, unicode), width - 4, symbols.ellipsis);
  const row: Span[] = [
    span(` ${mark}`, { color: "accent" }),
    span(label, isSelected ? { bold: true, color: "accent" } : {}),
    span(current, { color: "success" }),
  ];
  const padding = Math.max(0, column - textWidth(label) - textWidth(current));
  const room = width - 3 - textWidth(label) - textWidth(current) - padding - 2;
  if (item.detail !== undefined && room > 6)
    row.push(
      span(`${" ".repeat(padding)}  ${truncate(cleanLine(item.detail, unicode), room, symbols.ellipsis)}`, {
        color: "muted",
      }),
    );
  return row;
}
