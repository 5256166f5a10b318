import { AxioError } from "axio";
import type { Credentials } from "axio-auth";
import { accountToJson, describePlan } from "../account-text.ts";
import { type Account, allAccounts, chosenAccount, nextCommand, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { formatDuration } from "../duration.ts";
import { EXIT } from "../exit-codes.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";

/** What a profile turned out to hold. */
type Finding =
  | { readonly account: Account; readonly credentials: Credentials | undefined }
  | { readonly account: Account; readonly error: AxioError };

/** `axio-codex status`. */
export async function runStatus(context: CommandContext): Promise<number> {
  const { args, out, err } = context;
  const isChosen = args.flag("profile") || args.flag("store");
  const { current, accounts } = isChosen
    ? { current: undefined, accounts: [await chosenAccount(context)] }
    : await allAccounts(context);
  const findings = await Promise.all(accounts.map(look));
  const isAnyIn = findings.some((finding) => "credentials" in finding && finding.credentials !== undefined);
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

async function look(account: Account): Promise<Finding> {
  try {
    return { account, credentials: await account.store.load() };
  } catch (error) {
    // One broken file must not hide the others.
    if (AxioError.is(error)) return { account, error };
    throw error;
  }
}

function describe(finding: Finding, context: CommandContext): readonly string[] {
  const { style } = context.out;
  const [on, off, broken] = style.unicode ? ["●", "○", "✗"] : ["*", "-", "x"];
  const name = style.bold(escapeLine(finding.account.name));
  if ("error" in finding) return [`${style.red(broken)} ${name}  ${escapeLine(finding.error.message)}`];
  const { credentials, account } = finding;
  if (credentials === undefined) return [`${style.dim(off)} ${name}  nobody is signed in`];
  const { email, planType, accountId } = credentials;
  const who = [email === undefined ? "" : escapeLine(email), describePlan(planType)]
    .filter(Boolean)
    .join(", ");
  return [
    `${style.green(on)} ${name}  ${who || "signed in"}`,
    `    account  ${escapeLine(accountId) || "unknown"}`,
    `    token    ${describeToken(credentials, context.io.now())}`,
    `    kept in  ${escapeLine(shortPath(account.place, context))}`,
  ];
}

function describeToken({ expiresAt, refreshToken }: Credentials, nowMs: number): string {
  const left = expiresAt - nowMs / 1000;
  const ends =
    expiresAt === 0
      ? "its end is unknown"
      : left > 0
        ? `ends in ${formatDuration(left)}`
        : `ended ${formatDuration(-left)} ago`;
  return refreshToken === "" ? `${ends}, then sign in again` : `${ends}, renews itself`;
}

function findingToJson(finding: Finding): object {
  const { account } = finding;
  if ("error" in finding)
    return {
      profile: account.name,
      store: account.place,
      signedIn: false,
      error: errorToJson(finding.error),
    };
  return finding.credentials === undefined
    ? { profile: account.name, store: account.place, signedIn: false }
    : { signedIn: true, ...accountToJson(account, finding.credentials) };
}
