import { makePage } from "../panels/page.ts";
import { makePicker } from "../panels/picker.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { THEMES } from "../theme/theme.ts";
import { withMarker } from "../transcript/entry-lines.ts";
import type { Command } from "./command.ts";

export const toolsCommand: Command = {
  name: "tools",
  description: "Show the tools that the model may use",
  isAlwaysReady: true,
  async run(context) {
    const { toolBox } = context;
    await toolBox.open();
    context.show(
      makePage("Tools", (width, look) => {
        const groups = toolBox.groups();
        if (groups.length === 0) return [[span("No plugin brings tools.", { color: "muted" })]];
        return groups.flatMap(({ title, tools }) => [
          [span(cleanLine(title, look.unicode), { bold: true })],
          ...(tools.length === 0 ? [[span(" none", { color: "muted" as const })]] : []),
          ...tools.flatMap(({ name, description }) => described(name, description, width, look)),
        ]);
      }),
    );
  },
};

export const guardsCommand: Command = {
  name: "guards",
  description: "Show what watches over the tools",
  isAlwaysReady: true,
  async run(context) {
    const { toolBox } = context;
    await toolBox.open();
    context.show(
      makePage("Guards", (width, look) => {
        const titles = toolBox.guardTitles();
        const selector = toolBox.selectorTitle;
        return [
          ...(titles.length === 0
            ? withMarker(
                "",
                {},
                [
                  span(
                    "No plugin brings guards for all tools. Tools that change something ask by themselves.",
                    { color: "muted" },
                  ),
                ],
                width,
              )
            : titles.flatMap((title) => described(title, "asked before each tool call", width, look))),
          ...(selector === undefined
            ? []
            : described(selector, "chooses the tools that the model is told of", width, look)),
        ];
      }),
    );
  },
};

export const pluginsCommand: Command = {
  name: "plugins",
  description: "Show what was found, and what could not be used",
  isAlwaysReady: true,
  run(context) {
    const { found } = context.options;
    const kinds = [
      ["Transports", found.transports],
      ["Sign-in screens", found.transportSettings],
      ["Tools", found.tools],
      ["Guards", found.guards],
      ["Selectors", found.selectors],
    ] as const;
    context.show(
      makePage("Plugins", (width, look) => [
        ...kinds.flatMap(([title, plugins]) =>
          plugins.length === 0
            ? []
            : [
                [span(title, { bold: true })],
                ...plugins.flatMap(({ name, packageName, packageVersion }) =>
                  described(name, `${packageName} ${packageVersion}`, width, look),
                ),
              ],
        ),
        ...(found.problems.length === 0
          ? []
          : [[], [span("Could not be used", { bold: true, color: "warning" as const })]]),
        ...found.problems.flatMap(({ packageName, error }) =>
          described(packageName, error.message, width, look),
        ),
      ]),
    );
  },
};

export const themeCommand: Command = {
  name: "theme",
  description: "Choose the colours",
  argument: "[name]",
  isAlwaysReady: true,
  async run(context, argument) {
    const names = Object.keys(THEMES);
    if (names.includes(argument)) return context.setTheme(argument);
    context.show(
      makePicker({
        title: "Theme",
        empty: "",
        items: names.map((name) => ({
          label: name,
          isCurrent: context.options.settings.current.theme === name,
          choose: () => {
            context.setTheme(name).catch((error: unknown) => context.conversation.sayError(error));
          },
        })),
      }),
    );
  },
};

export const quitCommand: Command = {
  name: "quit",
  description: "Leave",
  isAlwaysReady: true,
  run: (context) => context.quit(),
};

function described(name: string, text: string, width: number, look: TerminalStyle): readonly Line[] {
  return withMarker(
    ` ${look.glyphs.bullet}`,
    { color: "accent" },
    [
      span(cleanLine(name, look.unicode), { bold: true }),
      span(`  ${cleanLine(text, look.unicode)}`, { color: "muted" }),
    ],
    width,
  );
}
