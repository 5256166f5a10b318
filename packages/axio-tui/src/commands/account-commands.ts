import type { RateLimits } from "axio";
import type { Provider } from "axio/plugin";
import { formatDuration, usageUrlOf } from "axio-cli/internal";
import { makePage } from "../panels/page.ts";
import { makePicker } from "../panels/picker.ts";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import { describeLogout } from "../sign-in/describe-logout.ts";
import { bar } from "../status/status-line.ts";
import { formatWindowShort } from "../status/time.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import type { Command } from "./command.ts";

export const loginCommand: Command = {
  name: "login",
  description: "Sign in and manage profiles",
  argument: "[provider]",
  async run(context, argument) {
    const { options, conversation } = context;
    const providers = (await Promise.all(options.found.providers.map(withSignIn))).flat();
    const screens = providers.map(({ name }) => name);
    const wanted = argument === "" ? conversation.active?.name : argument;
    const [only] = screens.length === 1 ? screens : [];
    const name =
      wanted !== undefined && screens.includes(wanted) ? wanted : argument === "" ? only : undefined;
    if (name !== undefined)
      return context.openSignIn(
        name,
        conversation.active?.needsSignIn === false && conversation.active.name === name
          ? "overview"
          : "login",
      );
    if (screens.length === 0 || argument !== "") {
      conversation.notify(
        "warning",
        argument === ""
          ? "No installed provider has a sign-in."
          : `No provider named ${JSON.stringify(argument)} has a sign-in.`,
        screens.length === 0
          ? "Install a provider package, or select a model with /model."
          : `Choose one of: ${screens.join(", ")}.`,
      );
      return;
    }
    context.show(
      makePicker({
        title: "Sign in",
        empty: "",
        items: providers.map(({ name: screen, title, packageName }) => ({
          label: title,
          detail: packageName,
          choose: () => {
            context.openSignIn(screen, "login").catch((error: unknown) => conversation.showError(error));
          },
        })),
      }),
    );
  },
};

/** Returns a provider if users sign in to it. If it fails to load, its use reports that. */
async function withSignIn({
  name,
  packageName,
  load,
}: FoundPlugin<Provider>): Promise<
  readonly { readonly name: string; readonly title: string; readonly packageName: string }[]
> {
  const provider = await load().catch(() => undefined);
  if (provider?.signIn === undefined && provider?.openScreen === undefined) return [];
  return [{ name, title: provider.title, packageName }];
}

export const logoutCommand: Command = {
  name: "logout",
  description: "Sign out",
  async run(context) {
    const { conversation, providers, signal } = context;
    const { active } = conversation;
    if (active?.provider.signIn === undefined || active.needsSignIn) {
      conversation.notify("info", "You are not signed in.");
      return;
    }
    const { provider, host, profile } = active;
    const result = await provider.signIn?.logout(host, { signal, profile });
    if (result !== undefined) conversation.notify("info", describeLogout(result));
    await context.use(await providers.reopen(active));
  },
};

export const usageCommand: Command = {
  name: "usage",
  description: "Show plan usage and reset times",
  isAlwaysReady: true,
  async run(context) {
    const { conversation, signal } = context;
    const { active } = conversation;
    if (active === undefined) {
      conversation.notify("info", "No model is selected.");
      return;
    }
    const { provider, host, profile } = active;
    const fetched =
      provider.fetchRateLimits === undefined || active.needsSignIn
        ? undefined
        : await provider.fetchRateLimits(host, { signal, profile });
    const limits = fetched ?? conversation.state.rateLimits;
    const planUse = active.account?.planUse;
    const { usage, contextTokens } = conversation.state;
    const usageUrl = usageUrlOf(provider, active.account);
    context.show(
      makePage("Usage", (width, terminal) => [
        ...(limits === undefined
          ? [
              ...(planUse === undefined ? [] : [[span(planUse.label)], []]),
              [span("The provider reports no limits.", { color: "muted" })],
            ]
          : limitLines(limits, width, terminal)),
        [],
        [
          span("This session  ", { bold: true }),
          span(
            `${usage.inputTokens.toLocaleString("en")} input tokens (${usage.cachedInputTokens.toLocaleString("en")} cached), ${usage.outputTokens.toLocaleString("en")} output tokens`,
          ),
        ],
        [span("Context       ", { bold: true }), span(`${contextTokens.toLocaleString("en")} tokens`)],
        ...(usageUrl === undefined
          ? []
          : [[], [span("Manage usage  ", { bold: true }), span(usageUrl, { color: "link" })]]),
      ]),
    );
  },
};

function limitLines(
  { limits, plan, credits }: RateLimits,
  width: number,
  terminal: TerminalStyle,
): readonly Line[] {
  const now = Date.now();
  const rows: Line[] = [];
  if (plan !== undefined)
    rows.push([span("Plan  ", { bold: true }), span(cleanLine(plan, terminal.unicode))]);
  for (const { id, name, windows } of limits) {
    rows.push([span(cleanLine(name ?? id, terminal.unicode), { bold: true })]);
    for (const { usedPercent, windowMs, resetsAt } of windows) {
      const reset =
        resetsAt === undefined
          ? ""
          : resetsAt <= now
            ? "resets now"
            : `resets in ${formatDuration((resetsAt - now) / 1_000)}`;
      rows.push([
        span(`  ${formatWindowShort(windowMs).padEnd(6)} `),
        ...bar(usedPercent, Math.max(6, Math.min(30, width - 50)), terminal),
        span(` ${Math.round(usedPercent)} % used  `),
        span(reset, { color: "muted" }),
      ]);
    }
  }
  if (credits?.unlimited) rows.push([span("Credits: unlimited")]);
  else if (credits?.hasCredits)
    rows.push([span(`Credits: ${cleanLine(credits.balance ?? "some", terminal.unicode)}`)]);
  return rows;
}
