import { cleanLine } from "../theme/clean-text.ts";
import { type Line, type Span, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { textWidth, truncate } from "../theme/width.ts";

/** One thing to choose. */
export interface PickerItem {
  readonly label: string;
  /** Shown behind the label. */
  readonly detail?: string;
  /** What it belongs to: shown once above those that follow each other. */
  readonly group?: string;
  /** Whether it is what is in use. */
  readonly isCurrent?: boolean;
  readonly choose: () => void;
}

/** A list to choose from. */
export interface Picker {
  readonly type: "picker";
  readonly title: string;
  readonly items: readonly PickerItem[];
  /** What was typed, to find items with. */
  readonly filter: string;
  readonly index: number;
  /** Said where there is nothing to choose. */
  readonly empty: string;
  /** Searches elsewhere than in the labels: gives the items for a filter. */
  readonly search?: (filter: string) => Promise<readonly PickerItem[]>;
}

/** A list with its current item chosen. */
export function makePicker(options: Pick<Picker, "title" | "items" | "empty" | "search">): Picker {
  const current = options.items.findIndex(({ isCurrent }) => isCurrent === true);
  return { ...options, type: "picker", filter: "", index: Math.max(0, current) };
}

/** The items that hold all words of the filter. */
export function shownItems({ items, filter, search }: Picker): readonly PickerItem[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (search !== undefined || words.length === 0) return items;
  return items.filter(({ label, detail, group }) => {
    const text = `${label} ${detail ?? ""} ${group ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The list with another item chosen; past the end it begins anew. */
export function movePicker(picker: Picker, by: number): Picker {
  const count = shownItems(picker).length;
  if (count === 0) return picker;
  const isStep = Math.abs(by) === 1;
  const index = picker.index + by;
  return { ...picker, index: isStep ? (index + count) % count : Math.min(count - 1, Math.max(0, index)) };
}

/** The list as rows, at most `height`. */
export function pickerLines(
  picker: Picker,
  width: number,
  height: number,
  look: TerminalStyle,
): readonly Line[] {
  const items = shownItems(picker);
  const rows: Line[] = [];
  let chosenRow = 0;
  let group: string | undefined;
  const column = labelColumn(items, width);
  for (const [index, item] of items.entries()) {
    if (item.group !== group && item.group !== undefined) {
      group = item.group;
      rows.push([
        span(truncate(` ${cleanLine(group, look.unicode)}`, width, look.glyphs.ellipsis), { color: "muted" }),
      ]);
    }
    if (index === picker.index) chosenRow = rows.length;
    rows.push(itemLine(item, index === picker.index, column, width, look));
  }
  if (items.length === 0)
    rows.push([span(` ${picker.filter === "" ? picker.empty : "Nothing is found."}`, { color: "muted" })]);
  const room = Math.max(1, height - 2);
  const start = Math.max(0, Math.min(chosenRow - Math.floor(room / 2), rows.length - room));
  const hint = `${look.glyphs.upDown} choose  Enter take  Esc leave`;
  const filter: Span[] =
    picker.filter === ""
      ? [span(" type to find", { color: "muted" })]
      : [span(` ${picker.filter}`), span(" ", { inverse: true })];
  const counted = items.length > room ? ` (${picker.index + 1}/${items.length})` : "";
  return [
    [span(`${picker.title}${counted}`, { bold: true, color: "accent" }), ...filter],
    ...rows.slice(start, start + room),
    [span(truncate(hint, width, look.glyphs.ellipsis), { color: "muted" })],
  ];
}

/** Details stand below each other, unless labels take more than half of the width. */
function labelColumn(items: readonly PickerItem[], width: number): number {
  const widest = items.reduce((most, { label }) => Math.max(most, textWidth(label)), 0);
  return Math.min(widest, Math.floor(width / 2)) + 2;
}

function itemLine(
  item: PickerItem,
  isChosen: boolean,
  column: number,
  width: number,
  look: TerminalStyle,
): Line {
  const { glyphs, unicode } = look;
  const mark = isChosen ? `${glyphs.prompt} ` : "  ";
  const current = item.isCurrent === true ? ` ${glyphs.done}` : "";
  const label = truncate(cleanLine(item.label, unicode), width - 4, glyphs.ellipsis);
  const row: Span[] = [
    span(` ${mark}`, { color: "accent" }),
    span(label, isChosen ? { bold: true, color: "accent" } : {}),
    span(current, { color: "success" }),
  ];
  const padding = Math.max(0, column - textWidth(label) - textWidth(current));
  const room = width - 3 - textWidth(label) - textWidth(current) - padding - 2;
  if (item.detail !== undefined && room > 6)
    row.push(
      span(`${" ".repeat(padding)}  ${truncate(cleanLine(item.detail, unicode), room, glyphs.ellipsis)}`, {
        color: "muted",
      }),
    );
  return row;
}
