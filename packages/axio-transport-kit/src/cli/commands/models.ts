import type { AxioError, ModelSpec } from "axio";
import type { BearerCredentials } from "../../credentials.ts";
import type { Channel } from "../channel.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { openTransport } from "../open-transport.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";
import { warn } from "../warn.ts";

/** The command `models`. */
export async function runModels<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, io, out, err } = context;
  let failure: AxioError | undefined;
  using transport = await openTransport(context, {
    onWarning: (warning) => {
      failure = warning;
    },
  });
  const models = [...(await transport.fetchModels({ signal: io.signal }))];
  const source = failure === undefined ? "account" : "built-in";
  if (args.flag("json")) {
    // What only the transport understands is long, and changes without notice.
    const described = models.map(({ providerData: _, ...model }) => model);
    await out.json({
      source,
      models: described,
      ...(failure === undefined ? {} : { warning: errorToJson(failure) }),
    });
    return EXIT.ok;
  }
  for (const line of drawModels(models, out)) await out.line(line);
  if (failure !== undefined) {
    await warn(failure, context);
    await err.line("  This is the list that axio knows; the account's own may differ.");
  }
  return EXIT.ok;
}

/** A line for each model; what does not fit on a narrow terminal is left out, least important first. */
function drawModels(models: readonly ModelSpec[], { style, width }: Channel): readonly string[] {
  const rows = models.map((model) => [
    escapeLine(model.id),
    model.contextWindow === undefined ? "" : `${formatTokens(model.contextWindow)} tokens`,
    model.capabilities.includes("vision") ? "sees" : "",
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

/** 272,000 as `272k`, 1,047,576 as `1.0M`. */
function formatTokens(tokens: number): string {
  return tokens >= 1_000_000 ? `${(tokens / 1_000_000).toFixed(1)}M` : `${Math.round(tokens / 1_000)}k`;
}
