/** The kinds of items that a folder can bring, the most dangerous first. */
export const ITEM_KINDS = ["plugin", "mcp", "git", "settings", "instructions", "command"] as const;

/** A kind of item that a folder can bring. */
export type ItemKind = (typeof ITEM_KINDS)[number];

/** An item that a folder brings and that is not used until the user trusts it. */
export interface FolderItem {
  readonly kind: ItemKind;
  /** A path relative to the folder with `/`, or an absolute path if it is above the folder. */
  readonly place: string;
  /** Its contents, one entry per line: names of plugins, commands of servers. Foreign text. */
  readonly details: readonly string[];
  /** SHA-256 of what is used. */
  readonly hash: string;
}

/** An answer of the user about one item, and the content that it is about. */
export interface TrustAnswer {
  readonly hash: string;
  readonly trusted: boolean;
}

/** The answers about a folder, by {@link itemKey}. */
export type FolderAnswers = Readonly<Record<string, TrustAnswer>>;

/** Whether an item is used: `new` and `changed` mean that the user has to be asked. */
export type ItemState = "trusted" | "refused" | "new" | "changed";

/** An item and its state. */
export interface DecidedItem {
  readonly item: FolderItem;
  readonly state: ItemState;
}

/** Returns the key of an answer. */
export function itemKey({ kind, place }: Pick<FolderItem, "kind" | "place">): string {
  return `${kind} ${place}`;
}

/** Decides which items are used. An answer counts only for the content that it was given for. */
export function decideItems(
  items: readonly FolderItem[],
  answers: FolderAnswers = {},
): readonly DecidedItem[] {
  return items.map((item) => {
    const key = itemKey(item);
    return { item, state: stateOf(item, Object.hasOwn(answers, key) ? answers[key] : undefined) };
  });
}

function stateOf({ hash }: FolderItem, answer: TrustAnswer | undefined): ItemState {
  if (answer === undefined) return "new";
  if (answer.hash !== hash) return "changed";
  return answer.trusted ? "trusted" : "refused";
}

/** Tells whether the user has to be asked about an item. */
export function isUndecided({ state }: DecidedItem): boolean {
  return state === "new" || state === "changed";
}

/** Adds the same answer about several items. Answers about other items stay. */
export function withAnswer(
  answers: FolderAnswers,
  items: readonly FolderItem[],
  trusted: boolean,
): FolderAnswers {
  return {
    ...answers,
    ...Object.fromEntries(items.map((item) => [itemKey(item), { hash: item.hash, trusted }])),
  };
}
