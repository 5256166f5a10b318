import { describePlan } from "../account-text.ts";
import { drawLimits } from "../bars.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { openTransport } from "../transport.ts";
import { warn } from "../warn.ts";

/** `axio-codex usage`. */
export async function runUsage(context: CommandContext): Promise<number> {
  const { args, io, out } = context;
  const transport = await openTransport(context, { onWarning: (warning) => void warn(warning, context) });
  const usage = await transport.usage({ signal: io.signal });
  if (args.flag("json")) {
    await out.json(usage);
    return EXIT.ok;
  }
  const { style, width } = out;
  const plan = describePlan(usage.plan);
  if (plan !== "") await out.line(`${plan}\n`);
  const lines = drawLimits(usage, { style, width, now: io.now() });
  await out.line(lines.length === 0 ? "The server names no limits for this account." : lines.join("\n"));
  return EXIT.ok;
}
