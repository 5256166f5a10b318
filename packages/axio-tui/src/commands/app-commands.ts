import { makePage } from "../panels/page.ts";
import { makePicker } from "../panels/picker.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import { THEMES } from "../theme/theme.ts";
import { withMarker } from "../transcript/entry-lines.ts";
import type { Command } from "./command.ts";

export const toolsCommand: Command = {
  name: "tools",
  description: "Show the tools of the model",
  isAlwaysReady: true,
  async run(context) {
    const { toolBox } = context;
    await toolBox.open();
    context.show(
      makePage("Tools", (width, terminal) => {
        const groups = toolBox.groups();
        if (groups.length === 0) return [[span("No plugin provides tools.", { color: "muted" })]];
        return groups.flatMap(({ title, tools }) => [
          [span(cleanLine(title, terminal.unicode), { bold: true })],
          ...(tools.length === 0 ? [[span(" none", { color: "muted" as const })]] : []),
          ...tools.flatMap(({ name, description }) => itemLines(name, description, width, terminal)),
        ]);
      }),
    );
  },
};

export const guardsCommand: Command = {
  name: "guards",
  description: "Show the guards of the tools",
  isAlwaysReady: true,
  async run(context) {
    const { toolBox } = context;
    await toolBox.open();
    context.show(
      makePage("Guards", (width, terminal) => {
        const titles = toolBox.guardTitles();
        const selector = toolBox.selectorTitle;
        return [
          ...(titles.length === 0
            ? withMarker(
                "",
                {},
                [
                  span(
                    "No plugin provides guards for all tools. Tools that change something ask for permission.",
                    { color: "muted" },
                  ),
                ],
                width,
              )
            : titles.flatMap((title) => itemLines(title, "checks each tool call", width, terminal))),
          ...(selector === undefined
            ? []
            : itemLines(selector, "selects the tools that the model sees", width, terminal)),
        ];
      }),
    );
  },
};

export const pluginsCommand: Command = {
  name: "plugins",
  description: "Show the installed plugins and their problems",
  isAlwaysReady: true,
  run(context) {
    const { found } = context.options;
    const kinds = [
      ["Providers", found.providers],
      ["Tools", found.tools],
      ["Guards", found.guards],
      ["Selectors", found.selectors],
    ] as const;
    context.show(
      makePage("Plugins", (width, terminal) => [
        ...kinds.flatMap(([title, plugins]) =>
          plugins.length === 0
            ? []
            : [
                [span(title, { bold: true })],
                ...plugins.flatMap(({ name, packageName, packageVersion }) =>
                  itemLines(name, `${packageName} ${packageVersion}`, width, terminal),
                ),
              ],
        ),
        ...(found.problems.length === 0
          ? []
          : [[], [span("Problems", { bold: true, color: "warning" as const })]]),
        ...found.problems.flatMap(({ packageName, error }) =>
          itemLines(packageName, error.message, width, terminal),
        ),
      ]),
    );
  },
};

export const themeCommand: Command = {
  name: "theme",
  description: "Select the colors",
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
            context.setTheme(name).catch((error: unknown) => context.conversation.showError(error));
          },
        })),
      }),
    );
  },
};

export const quitCommand: Command = {
  name: "quit",
  aliases: ["exit"],
  description: "Leave",
  isAlwaysReady: true,
  run: (context) => context.quit(),
};

function itemLines(name: string, text: string, width: number, terminal: TerminalStyle): readonly Line[] {
  return withMarker(
    ` ${terminal.symbols.bullet}`,
    { color: "accent" },
    [
      span(cleanLine(name, terminal.unicode), { bold: true }),
      span(`  ${cleanLine(text, terminal.unicode)}`, { color: "muted" }),
    ],
    width,
  );
}
