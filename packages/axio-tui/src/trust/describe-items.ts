import { escapedText } from "../theme/escape-visible.ts";
import { type DecidedItem, type FolderItem, ITEM_KINDS, type ItemKind } from "./folder-item.ts";

/** The words for an item of each kind, and what it does once it is trusted. */
const KIND_WORDS: Readonly<Record<ItemKind, { readonly title: string; readonly effect: string }>> = {
  plugin: { title: "Plugins", effect: "run on this computer with your permissions" },
  mcp: { title: "MCP servers", effect: "are started, or get requests" },
  git: { title: "Git configuration", effect: "runs programs during git commands" },
  settings: { title: "Settings", effect: "apply in this folder" },
  instructions: { title: "Instructions", effect: "are followed by the model" },
  command: { title: "Commands", effect: "send a prompt when you type them" },
};

const MAX_ITEMS = 12;
const MAX_DETAILS = 12;
const MAX_DETAIL_CHARACTERS = 1_000;

/** How items are listed. */
export interface DescribeOptions {
  /** Whether long lists are cut. Default: `true`. */
  readonly isShort?: boolean | undefined;
  /** Whether each state is named. Default: only `changed`. */
  readonly showsState?: boolean | undefined;
}

/** Lists items by kind, a line for each with its place. All foreign text is escaped. */
export function describeItems(
  decided: readonly DecidedItem[],
  { isShort = true, showsState = false }: DescribeOptions = {},
): readonly string[] {
  const limit = (count: number): number => (isShort ? count : Number.POSITIVE_INFINITY);
  return ITEM_KINDS.flatMap((kind) => {
    const ofKind = decided.filter(({ item }) => item.kind === kind);
    if (ofKind.length === 0) return [];
    const { title, effect } = KIND_WORDS[kind];
    const listed = ofKind.slice(0, limit(MAX_ITEMS));
    const rest = ofKind.length - listed.length;
    return [
      `  ${title} (${effect})`,
      ...listed.flatMap((one) => itemLines(one, limit(MAX_DETAILS), showsState)),
      ...(rest > 0 ? [`    and ${rest} more, which axio trust lists`] : []),
    ];
  });
}

/** Describes an item on one line: `"plugin node_modules/axio-clock"`. */
export function describeItem({ kind, place }: FolderItem): string {
  return `${kind} ${shown(place)}`;
}

/** Foreign text as a question shows it: every character other than printable ASCII is escaped, and what looks like an escape. */
export function shown(text: string): string {
  return escapedText(text, { isRaw: true });
}

function itemLines({ item, state }: DecidedItem, maxDetails: number, showsState: boolean): readonly string[] {
  const { place, details } = item;
  const rest = details.length - maxDetails;
  return [
    `    ${shown(place)}${showsState || state === "changed" ? ` (${state})` : ""}`,
    ...details.slice(0, maxDetails).map((detail) => `      ${shown(shortened(detail))}`),
    ...(rest > 0 ? [`      and ${rest} more`] : []),
  ];
}

function shortened(text: string): string {
  const rest = text.length - MAX_DETAIL_CHARACTERS;
  return rest > 0 ? `${text.slice(0, MAX_DETAIL_CHARACTERS)} ... (${rest} characters more)` : text;
}
