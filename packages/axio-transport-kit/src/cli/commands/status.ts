import { AxioError } from "axio";
import type { BearerCredentials } from "../../credentials.ts";
import { accountToJson, describePlan } from "../account-text.ts";
import { type Account, allAccounts, chosenAccount, nextCommand, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { formatDuration } from "../duration.ts";
import { EXIT } from "../exit-codes.ts";
import type { AccountInfo } from "../program.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";

/** What a profile turned out to hold. */
type Finding<C extends BearerCredentials> =
  | { readonly account: Account<C>; readonly signIn: SignIn<C> | undefined }
  | { readonly account: Account<C>; readonly error: AxioError };

/** A sign-in, and whose it is. */
interface SignIn<C extends BearerCredentials> {
  readonly credentials: C;
  readonly facts: AccountInfo;
}

/** The command `status`. */
export async function runStatus<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, out, err } = context;
  const isChosen = args.flag("profile") || args.flag("store");
  const { current, accounts } = isChosen
    ? { current: undefined, accounts: [await chosenAccount(context)] }
    : await allAccounts(context);
  const findings = await Promise.all(accounts.map((account) => look(account, context)));
  const isAnyIn = findings.some((finding) => "signIn" in finding && finding.signIn !== undefined);
  const isAnyBroken = findings.some((finding) => "error" in finding);
  if (args.flag("json")) {
    await out.json({
      signedIn: isAnyIn,
      ...(current === undefined ? {} : { default: current }),
      profiles: findings.map(findingToJson),
    });
  } else {
    for (const finding of findings) {
      const [first = "", ...more] = describe(finding, context);
      const isDefault = findings.length > 1 && finding.account.name === current;
      const mark = isDefault ? out.style.dim("  (used by default)") : "";
      await out.line([first + mark, ...more].join("\n"));
    }
    if (!isAnyIn && !isAnyBroken) await err.line(`Sign in: ${err.style.cyan(nextCommand("login", context))}`);
  }
  if (isAnyIn) return EXIT.ok;
  return isAnyBroken ? EXIT.failed : EXIT.notSignedIn;
}

async function look<C extends BearerCredentials>(
  account: Account<C>,
  { program }: CommandContext<C>,
): Promise<Finding<C>> {
  try {
    const credentials = await account.store.load();
    const facts = credentials && program.describe(credentials);
    return { account, signIn: credentials && facts && { credentials, facts } };
  } catch (error) {
    // One broken file must not hide the others.
    if (AxioError.is(error)) return { account, error };
    throw error;
  }
}

function describe<C extends BearerCredentials>(
  finding: Finding<C>,
  context: CommandContext<C>,
): readonly string[] {
  const { style } = context.out;
  const [on, off, broken] = style.unicode ? ["●", "○", "✗"] : ["*", "-", "x"];
  const name = style.bold(escapeLine(finding.account.name));
  if ("error" in finding) return [`${style.red(broken)} ${name}  ${escapeLine(finding.error.message)}`];
  const { signIn, account } = finding;
  if (signIn === undefined) return [`${style.dim(off)} ${name}  nobody is signed in`];
  const { email, plan, accountId, notes = [] } = signIn.facts;
  const who = [email === undefined ? "" : escapeLine(email), describePlan(plan)].filter(Boolean).join(", ");
  return [
    `${style.green(on)} ${name}  ${who || "signed in"}`,
    `    account  ${escapeLine(accountId) || "unknown"}`,
    `    token    ${describeToken(signIn.credentials, context.io.now())}`,
    `    kept in  ${escapeLine(shortPath(account.place, context))}`,
    ...notes.map((note) => `    ${escapeLine(note)}`),
  ];
}

function describeToken({ expiresAt, refreshToken }: BearerCredentials, nowMs: number): string {
  const left = expiresAt - nowMs / 1000;
  const ends =
    expiresAt === 0
      ? "its end is unknown"
      : left > 0
        ? `ends in ${formatDuration(left)}`
        : `ended ${formatDuration(-left)} ago`;
  return refreshToken === "" ? `${ends}, then sign in again` : `${ends}, renews itself`;
}

function findingToJson<C extends BearerCredentials>(finding: Finding<C>): object {
  const { account } = finding;
  if ("error" in finding)
    return {
      profile: account.name,
      store: account.place,
      signedIn: false,
      error: errorToJson(finding.error),
    };
  return finding.signIn === undefined
    ? { profile: account.name, store: account.place, signedIn: false }
    : { signedIn: true, ...accountToJson(account, finding.signIn.facts, finding.signIn.credentials) };
}
