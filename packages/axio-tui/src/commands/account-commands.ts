import type { RateLimits } from "axio";
import { makePage } from "../panels/page.ts";
import { makePicker } from "../panels/picker.ts";
import { bar } from "../status/status-line.ts";
import { formatSpan, formatWindowShort } from "../status/time.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import type { Command } from "./command.ts";

export const loginCommand: Command = {
  name: "login",
  description: "Sign in, and manage sign-ins",
  argument: "[transport]",
  async run(context, argument) {
    const { options, conversation } = context;
    const screens = options.found.transportSettings.map(({ name }) => name);
    const wanted = argument === "" ? conversation.open?.name : argument;
    const [only] = screens.length === 1 ? screens : [];
    const name =
      wanted !== undefined && screens.includes(wanted) ? wanted : argument === "" ? only : undefined;
    if (name !== undefined)
      return context.openSettings(
        name,
        conversation.open?.needsSignIn === false && conversation.open.name === name ? "overview" : "login",
      );
    if (screens.length === 0 || argument !== "") {
      conversation.say(
        "warning",
        argument === ""
          ? "No transport here has a sign-in."
          : `No transport named ${JSON.stringify(argument)} has a sign-in.`,
        screens.length === 0
          ? "Install a transport package, or choose one with /model."
          : `Choose one of: ${screens.join(", ")}.`,
      );
      return;
    }
    const titles = await Promise.all(screens.map((screen) => context.transports.titleOf(screen)));
    context.show(
      makePicker({
        title: "Sign in",
        empty: "",
        items: options.found.transportSettings.map(({ name: screen, packageName }, index) => ({
          label: titles[index] ?? screen,
          detail: packageName,
          choose: () => {
            context.openSettings(screen, "login").catch((error: unknown) => conversation.sayError(error));
          },
        })),
      }),
    );
  },
};

export const logoutCommand: Command = {
  name: "logout",
  description: "Sign out",
  async run(context) {
    const { conversation, transports, signal } = context;
    const { open } = conversation;
    if (open?.plugin.logout === undefined || open.needsSignIn) {
      conversation.say("info", "Nobody is signed in here.");
      return;
    }
    const { plugin, host, profile } = open;
    const said = await plugin.logout?.(host, { signal, ...(profile === undefined ? {} : { profile }) });
    if (said !== undefined) conversation.say("info", said);
    await context.use(await transports.reopen(open));
  },
};

export const usageCommand: Command = {
  name: "usage",
  description: "Show what the account may still use",
  isAlwaysReady: true,
  async run(context) {
    const { conversation, signal } = context;
    const { open } = conversation;
    if (open === undefined) {
      conversation.say("info", "No transport is in use.");
      return;
    }
    const { plugin, host, profile } = open;
    const known = conversation.state.rateLimits;
    const asked =
      plugin.usage === undefined || open.needsSignIn
        ? undefined
        : await plugin.usage(host, { signal, ...(profile === undefined ? {} : { profile }) });
    const limits = asked ?? known;
    const planUse = open.account?.planUse;
    const { usage, contextTokens } = conversation.state;
    context.show(
      makePage("Usage", (width, look) => [
        ...(limits === undefined
          ? [
              ...(planUse === undefined ? [] : [[span(planUse.label)], []]),
              [span("The provider says nothing of limits here.", { color: "muted" })],
            ]
          : limitLines(limits, width, look)),
        [],
        [
          span("This session  ", { bold: true }),
          span(
            `${usage.inputTokens.toLocaleString("en")} tokens read (${usage.cachedInputTokens.toLocaleString("en")} from the cache), ${usage.outputTokens.toLocaleString("en")} written`,
          ),
        ],
        [span("Context       ", { bold: true }), span(`${contextTokens.toLocaleString("en")} tokens`)],
        ...(plugin.usageUrl === undefined
          ? []
          : [[], [span("Manage usage  ", { bold: true }), span(plugin.usageUrl, { color: "link" })]]),
      ]),
    );
  },
};

function limitLines(
  { limits, plan, credits }: RateLimits,
  width: number,
  look: TerminalStyle,
): readonly Line[] {
  const now = Date.now();
  const rows: Line[] = [];
  if (plan !== undefined) rows.push([span("Plan  ", { bold: true }), span(cleanLine(plan, look.unicode))]);
  for (const { id, name, windows } of limits) {
    rows.push([span(cleanLine(name ?? id, look.unicode), { bold: true })]);
    for (const { usedPercent, windowMs, resetsAt } of windows) {
      const reset =
        resetsAt === undefined
          ? ""
          : resetsAt <= now
            ? "starts anew now"
            : `starts anew in ${formatSpan((resetsAt - now) / 1_000)}`;
      rows.push([
        span(`  ${formatWindowShort(windowMs).padEnd(6)} `),
        ...bar(usedPercent, Math.max(6, Math.min(30, width - 50)), look),
        span(` ${Math.round(usedPercent)} % used  `),
        span(reset, { color: "muted" }),
      ]);
    }
  }
  if (credits?.unlimited) rows.push([span("Credits: unlimited")]);
  else if (credits?.hasCredits)
    rows.push([span(`Credits: ${cleanLine(credits.balance ?? "some", look.unicode)}`)]);
  return rows;
}
