import type { SelectorPlugin } from "axio/plugin";

const DEFAULT_LIMIT = 40;

/** Tells the model of no more tools than the settings say, since many make a small model choose badly. */
export const selector: SelectorPlugin = {
  title: "A few tools only",
  open: ({ settings }) => {
    const limit = typeof settings["limit"] === "number" ? settings["limit"] : DEFAULT_LIMIT;
    return ({ tools }) => tools.slice(0, limit);
  },
};
