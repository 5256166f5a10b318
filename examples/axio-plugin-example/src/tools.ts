import { defineTool } from "axio";
import type { ToolsPlugin } from "axio/plugin";

/** One tool, which says what time it is. The settings may name a time zone. */
export const tools: ToolsPlugin = {
  title: "Clock",
  open: ({ settings }) => {
    const timeZone = typeof settings["timeZone"] === "string" ? settings["timeZone"] : "UTC";
    // A wrong setting is told to the person now, and not to the model later.
    const format = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", timeZone });
    return {
      tools: [
        defineTool({
          name: "now",
          description: "Says which day and time it is.",
          inputSchema: { type: "object", properties: {} },
          execute: () => format.format(new Date()),
        }),
      ],
    };
  },
};
