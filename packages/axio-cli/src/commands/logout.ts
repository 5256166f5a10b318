import { type CommandContext, createHost } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { errorToJson } from "../report-error.ts";
import { nextCommand, requireSignIn, selectionOf, shortPath } from "../selection.ts";
import { escapeLine } from "../text/terminal-text.ts";

/** Runs the command `logout`. */
export async function runLogout(context: CommandContext): Promise<number> {
  const { args, out, err } = context;
  const signIn = requireSignIn(context);
  const selection = selectionOf(context);
  const host = createHost(context);
  const { name, location } = await signIn.profile(host, selection);
  const { signedOut, revoked, error, note } = await signIn.logout(host, {
    ...selection,
    forgetRegistration: args.forget,
  });
  if (args.json) {
    await out.json({
      profile: name,
      store: location,
      signedOut,
      revoked,
      error: error === undefined ? undefined : errorToJson(error),
    });
    return EXIT.ok;
  }
  const { style } = err;
  if (!signedOut) {
    await err.line(`You are not signed in at ${escapeLine(shortPath(location, context))}: nothing to do.`);
    return EXIT.ok;
  }
  const done = note ?? (revoked ? "The tokens are revoked." : "The tokens are deleted here.");
  await err.line(`${style.green(style.unicode ? "✓" : "ok:")} Signed out. ${escapeLine(done)}`);
  if (error !== undefined)
    await err.line(`${style.yellow("!")} The server did not confirm it: ${escapeLine(error.message)}`);
  await err.line(`  Sign in again: ${style.cyan(nextCommand("login", context))}`);
  return EXIT.ok;
}
