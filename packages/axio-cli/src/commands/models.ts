import type { AxioError, ModelSpec } from "axio";
import { type CommandContext, createHost, warn } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { errorToJson } from "../report-error.ts";
import { selectionOf } from "../selection.ts";
import { escapeLine } from "../text/terminal-text.ts";

/** Runs the command `models`. */
export async function runModels(context: CommandContext): Promise<number> {
  const { args, io, out, err, cli } = context;
  const { signal } = io;
  let warning: AxioError | string | undefined;
  const host = createHost(context, {
    onWarning: (received) => {
      warning = received;
    },
  });
  const transport = await cli.provider.createTransport(host, selectionOf(context));
  try {
    // A list that cannot be fetched is a warning, and the built-in list is returned.
    const fetched = await transport.fetchModels?.({ signal });
    const isFetched = fetched !== undefined && warning === undefined;
    const models = [...(fetched ?? transport.models)];
    if (args.json) {
      await out.json({
        source: isFetched ? "account" : "built-in",
        // Provider data is long, and changes without notice.
        models: models.map(({ providerData: _, ...model }) => model),
        warning: warning === undefined ? undefined : errorToJson(warning),
      });
      return EXIT.ok;
    }
    for (const line of drawModels(models, out)) await out.line(line);
    if (warning !== undefined) await warn(warning, context);
    if (!isFetched) await err.line("  This is the built-in list. The list of the account may differ.");
    return EXIT.ok;
  } finally {
    transport.close?.();
  }
}

/** Draws a line for each model. Columns that do not fit on a narrow terminal are omitted, the least important first. */
function drawModels(models: readonly ModelSpec[], { style, width }: Output): readonly string[] {
  const rows = models.map((model) => [
    escapeLine(model.id),
    model.contextWindow === undefined ? "" : `${formatTokens(model.contextWindow)} tokens`,
    model.capabilities.includes("vision") ? "images" : "",
    (model.efforts ?? [])
      .map((effort) => (effort === model.defaultEffort ? `[${effort}]` : effort))
      .join(" "),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    let line = "";
    let used = 0;
    row.forEach((cell, column) => {
      const columnWidth = widths[column] ?? 0;
      if (columnWidth === 0 || (column > 0 && used + 2 + columnWidth > width)) return;
      const text = column === row.length - 1 ? cell : cell.padEnd(columnWidth);
      line += (column === 0 ? "" : "  ") + (column === 0 ? style.bold(text) : style.dim(escapeLine(text)));
      used += (column === 0 ? 0 : 2) + columnWidth;
    });
    return line.trimEnd();
  });
}

/** Formats 272,000 as `272k`, and 1,047,576 as `1.0M`. */
function formatTokens(tokens: number): string {
  return tokens >= 1_000_000 ? `${(tokens / 1_000_000).toFixed(1)}M` : `${Math.round(tokens / 1_000)}k`;
}
