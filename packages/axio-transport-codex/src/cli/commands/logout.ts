import { logout } from "../../oauth/logout.ts";
import { chosenAccount, nextCommand, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";

/** `axio-codex logout`. */
export async function runLogout(context: CommandContext): Promise<number> {
  const { args, io, out, err } = context;
  const account = await chosenAccount(context);
  const issuer = args.text("issuer");
  const { signedOut, revoked, error } = await logout({
    store: account.store,
    signal: io.signal,
    ...(issuer === undefined ? {} : { issuer }),
  });
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
