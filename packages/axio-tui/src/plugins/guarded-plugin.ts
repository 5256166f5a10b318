import { AxioError } from "axio";
import type { OpenTools, ToolsPlugin, TransportPlugin } from "axio/plugin";
import { openedMistake } from "./check-plugin.ts";
import type { PluginKind } from "./found-plugins.ts";
import { pluginError, thrownText } from "./plugin-error.ts";
import { withTimeLimit } from "./time-limit.ts";

/** Whose plugin it is, and how long it may take. */
export interface GuardOptions {
  readonly kind: PluginKind;
  /** By kind and name: `"tools/clock"`. */
  readonly member: string;
  /** The beginning of messages: `"the plugin tools/clock of axio-clock 1.0.0"`. */
  readonly subject: string;
  /** How long it may take until it is ready, in milliseconds. */
  readonly limitMs: number;
}

/**
 * The same plugin, of which every failure is an `AxioError` that names it: it throws something else, is not ready in time, or
 * gives what is not of the form that was promised.
 */
export function guardPlugin(plugin: unknown, options: GuardOptions): unknown {
  switch (options.kind) {
    case "transports":
      return guardTransport(plugin as TransportPlugin, options);
    case "transportSettings":
      return plugin;
    case "tools":
    case "guards":
    case "selectors": {
      const { title, open } = plugin as ToolsPlugin;
      const close = options.kind === "tools" ? closeTools : undefined;
      const guarded: ToolsPlugin = { title, open: ready(open.bind(plugin), options, close) };
      return guarded;
    }
  }
}

function guardTransport(plugin: TransportPlugin, options: GuardOptions): TransportPlugin {
  const { title, create, account, profiles, useProfile, usage, logout, usageUrl } = plugin;
  const named = <Args extends unknown[], Result>(
    call: (...args: Args) => Result | Promise<Result>,
  ): ((...args: Args) => Promise<Result>) => nameFailure(call.bind(plugin), options);
  return {
    title,
    create: ready(create.bind(plugin), options, (transport) => transport.close?.()),
    ...(account && { account: named(account) }),
    ...(profiles && { profiles: named(profiles) }),
    ...(useProfile && { useProfile: named(useProfile) }),
    ...(usage && { usage: named(usage) }),
    ...(logout && { logout: named(logout) }),
    ...(usageUrl !== undefined && { usageUrl }),
  };
}

/** A call that has to end in time with something of the right form. */
function ready<Args extends unknown[], Result>(
  call: (...args: Args) => Result | Promise<Result>,
  { kind, member, subject, limitMs }: GuardOptions,
  closeLate?: (late: Result) => void,
): (...args: Args) => Promise<Result> {
  const timedOut = (): AxioError =>
    pluginError(
      subject,
      `it was not ready within ${limitMs / 1000} s`,
      `Update the package, or add ${JSON.stringify(member)} to "disabled" in the settings.`,
    );
  return nameFailure(
    async (...args: Args) => {
      const result = await withTimeLimit(() => call(...args), limitMs, timedOut, closeLate);
      const mistake = openedMistake(kind, result);
      if (mistake === undefined) return result;
      throw pluginError(subject, mistake, "Update the package, or tell its author.");
    },
    { subject },
  );
}

function nameFailure<Args extends unknown[], Result>(
  call: (...args: Args) => Result | Promise<Result>,
  { subject }: Pick<GuardOptions, "subject">,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (cause) {
      // What a plugin says in our words needs no others.
      if (AxioError.is(cause)) throw cause;
      throw pluginError(subject, thrownText(cause), "Update the package, or tell its author.", cause);
    }
  };
}

function closeTools(tools: OpenTools): void {
  // Nobody waits for it any more.
  Promise.resolve(tools.close?.()).catch(() => undefined);
}
