import { type CommandContext, createHost } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { selectionOf } from "../selection.ts";
import { describePlan, usageUrlOf } from "../text/account-text.ts";
import { drawLimits } from "../text/rate-limit-bars.ts";

/** Runs the command `usage`. */
export async function runUsage(context: CommandContext): Promise<number> {
  const { args, io, out, cli } = context;
  const { signIn, fetchRateLimits } = cli.provider;
  if (fetchRateLimits === undefined) {
    const profile = await signIn?.profile(createHost(context), selectionOf(context));
    const usageUrl = usageUrlOf(cli.provider, profile?.account);
    if (args.json) await out.json({ usageUrl: usageUrl ?? "" });
    else
      await out.line(
        usageUrl === undefined
          ? "This server has no page on which usage is managed."
          : `Manage usage: ${out.style.cyan(usageUrl)}`,
      );
    return EXIT.ok;
  }
  const rateLimits = await fetchRateLimits.call(cli.provider, createHost(context), selectionOf(context));
  if (args.json) {
    await out.json(rateLimits);
    return EXIT.ok;
  }
  const { style, width } = out;
  const plan = describePlan(rateLimits.plan);
  if (plan !== "") await out.line(`${plan}\n`);
  const lines = drawLimits(rateLimits, { style, width, now: io.now() });
  await out.line(lines.length === 0 ? "The server reports no limits for this account." : lines.join("\n"));
  return EXIT.ok;
}
