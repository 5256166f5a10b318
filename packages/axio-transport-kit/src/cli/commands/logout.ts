import type { BearerCredentials } from "../../credentials.ts";
import { chosenAccount, nextCommand, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";

/** The command `logout`. */
export async function runLogout<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, io, out, err, program } = context;
  const account = await chosenAccount(context);
  const logout = await program.load.logout();
  const { signedOut, revoked, error } = await logout({ store: account.store, signal: io.signal, args });
  if (args.flag("json")) {
    const failure = error === undefined ? {} : { error: errorToJson(error) };
    await out.json({ profile: account.name, store: account.place, signedOut, revoked, ...failure });
    return EXIT.ok;
  }
  const { style } = err;
  if (!signedOut) {
    await err.line(`Nobody is signed in at ${shortPath(account.place, context)}: nothing to do.`);
    return EXIT.ok;
  }
  const done = revoked ? "The tokens are worthless now." : "The tokens are deleted here.";
  await err.line(`${style.green(style.unicode ? "✓" : "ok:")} Signed out. ${done}`);
  if (error !== undefined)
    await err.line(`${style.yellow("!")} The server did not confirm it: ${escapeLine(error.message)}`);
  await err.line(`  Sign in again: ${style.cyan(nextCommand("login", context))}`);
  return EXIT.ok;
}
