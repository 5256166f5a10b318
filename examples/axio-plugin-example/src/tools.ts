import { defineTool } from "axio";
import type { ToolsPlugin } from "axio/plugin";

/** A tool that returns the current time. The settings may contain a time zone. */
export const tools: ToolsPlugin = {
  title: "Clock",
  open: ({ settings }) => {
    const timeZone = typeof settings["timeZone"] === "string" ? settings["timeZone"] : "UTC";
    // Throws for an invalid time zone, so that the user sees it now instead of the model later.
    const format = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", timeZone });
    return {
      tools: [
        defineTool({
          name: "now",
          description: "Returns the current date and time.",
          inputSchema: { type: "object", properties: {} },
          execute: () => format.format(new Date()),
        }),
      ],
    };
  },
};
