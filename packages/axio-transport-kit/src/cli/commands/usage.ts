import type { BearerCredentials } from "../../credentials.ts";
import { describePlan } from "../account-text.ts";
import { drawLimits } from "../bars.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { openTransport } from "../open-transport.ts";
import { warn } from "../warn.ts";

/** The command `usage`. */
export async function runUsage<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, io, out, program } = context;
  using transport = await openTransport(context, { onWarning: (warning) => void warn(warning, context) });
  const usage = await transport.usage?.({ signal: io.signal });
  if (usage === undefined) {
    if (args.flag("json")) await out.json({ usagePage: program.usagePage });
    else await out.line(`Manage usage: ${out.style.cyan(program.usagePage ?? "")}`);
    return EXIT.ok;
  }
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
