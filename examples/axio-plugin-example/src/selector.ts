import type { SelectorPlugin } from "axio/plugin";

const DEFAULT_LIMIT = 40;

/** Limits the tools that are offered to the model, because small models choose badly from many. */
export const selector: SelectorPlugin = {
  title: "A few tools only",
  open: ({ settings }) => {
    const limit = typeof settings["limit"] === "number" ? settings["limit"] : DEFAULT_LIMIT;
    return ({ tools }) => tools.slice(0, limit);
  },
};
