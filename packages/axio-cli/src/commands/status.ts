import type { Profile, ProviderAccount } from "axio/plugin";
import { type CommandContext, createHost } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { errorToJson } from "../report-error.ts";
import { nextCommand, requireSignIn, selectionOf, shortPath } from "../selection.ts";
import { accountNotes, describePlan, isUsable, profileToJson } from "../text/account-text.ts";
import { formatDuration } from "../text/duration.ts";
import { escapeLine } from "../text/terminal-text.ts";

/** Runs the command `status`. */
export async function runStatus(context: CommandContext): Promise<number> {
  const { args, io, out, err } = context;
  const signIn = requireSignIn(context);
  const selection = selectionOf(context);
  const isSelected = args.profile !== undefined || args.store !== undefined;
  const host = createHost(context);
  const profiles = isSelected
    ? [await signIn.profile(host, selection)]
    : await signIn.profiles(host, { signal: io.signal });
  const now = io.now();
  const isAnySignedIn = profiles.some(({ account }) => account !== undefined && isUsable(account, now));
  const isAnyBroken = profiles.some(({ error }) => error !== undefined);
  if (args.json) {
    await out.json({
      signedIn: isAnySignedIn,
      default: isSelected ? undefined : profiles.find(({ isDefault }) => isDefault)?.name,
      profiles: profiles.map((profile) => ({
        ...profileToJson(profile, now),
        error: profile.error === undefined ? undefined : errorToJson(profile.error),
      })),
    });
  } else {
    for (const profile of profiles) {
      const [first = "", ...more] = describeProfile(profile, context);
      const mark = profiles.length > 1 && profile.isDefault ? out.style.dim("  (default)") : "";
      await out.line([first + mark, ...more].join("\n"));
    }
    if (!isAnySignedIn && !isAnyBroken)
      await err.line(`Sign in: ${err.style.cyan(nextCommand("login", context))}`);
  }
  if (isAnySignedIn) return EXIT.ok;
  return isAnyBroken ? EXIT.failed : EXIT.notSignedIn;
}

function describeProfile(profile: Profile, context: CommandContext): readonly string[] {
  const { style } = context.out;
  const [on, off, broken] = style.unicode ? ["●", "○", "✗"] : ["*", "-", "x"];
  const name = style.bold(escapeLine(profile.name));
  const { account, error, location } = profile;
  if (error !== undefined) return [`${style.red(broken)} ${name}  ${escapeLine(error.message)}`];
  if (account === undefined) return [`${style.dim(off)} ${name}  not signed in`];
  const title = [escapeLine(account.label), describePlan(account.plan)].filter(Boolean).join(", ");
  const rows: readonly (readonly [string, string])[] = [
    ...(account.details ?? []).map(({ title: row, value }): [string, string] => [row.toLowerCase(), value]),
    ["token", describeToken(account, context.io.now())],
    ["stored in", shortPath(location, context)],
  ];
  const width = Math.max(...rows.map(([row]) => row.length));
  const mark = isUsable(account, context.io.now()) ? style.green(on) : style.red(broken);
  return [
    `${mark} ${name}  ${title}`,
    ...rows
      .filter(([, value]) => value !== "")
      .map(([row, value]) => `    ${row.padEnd(width)}  ${escapeLine(value)}`),
    ...accountNotes(account, context).map((note) => `    ${escapeLine(note)}`),
  ];
}

function describeToken({ expiresAt, isRefreshable }: ProviderAccount, nowMs: number): string {
  if (isRefreshable === undefined) return "";
  const leftMs = expiresAt === undefined ? undefined : expiresAt - nowMs;
  const expiry =
    leftMs === undefined
      ? "expiry unknown"
      : leftMs > 0
        ? `expires in ${formatDuration(leftMs / 1000)}`
        : `expired ${formatDuration(-leftMs / 1000)} ago`;
  return isRefreshable ? `${expiry}, refreshed automatically` : `${expiry}, then sign in again`;
}
