import { AxioError } from "axio";
import type { OpenTools, SignInScreenPlugin, ToolsPlugin, TransportPlugin } from "axio/plugin";
import { openedMistake } from "./check-plugin.ts";
import type { PluginKind } from "./found-plugins.ts";
import { pluginError, thrownText } from "./plugin-error.ts";
import { withTimeLimit } from "./time-limit.ts";

/** Options of {@link guardPlugin}. */
export interface GuardOptions {
  readonly kind: PluginKind;
  /** The kind and name: `"tools/clock"`. */
  readonly member: string;
  /** The subject of messages: `"the plugin tools/clock of axio-clock 1.0.0"`. */
  readonly subject: string;
  /** How long it may take to open, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Returns the same plugin, all of whose failures are an `AxioError` that names it: it throws, does not open in time, or returns
 * something invalid.
 */
export function guardPlugin(plugin: unknown, options: GuardOptions): unknown {
  switch (options.kind) {
    case "transports":
      return guardTransport(plugin as TransportPlugin, options);
    case "transportSettings": {
      const { title, open } = plugin as SignInScreenPlugin;
      const guarded: SignInScreenPlugin = {
        title,
        open: (call) => openNow(() => open.call(plugin, call), options),
      };
      return guarded;
    }
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

/** A call that must return something valid in time. */
function ready<Args extends unknown[], Result>(
  call: (...args: Args) => Result | Promise<Result>,
  { kind, member, subject, timeoutMs }: GuardOptions,
  closeLate?: (late: Result) => void,
): (...args: Args) => Promise<Result> {
  const timedOut = (): AxioError =>
    pluginError(
      subject,
      `it did not open within ${timeoutMs / 1000} s`,
      `Update the package, or add ${JSON.stringify(member)} to "disabled" in the settings.`,
    );
  return nameFailure(
    async (...args: Args) => {
      const result = await withTimeLimit(() => call(...args), timeoutMs, timedOut, closeLate);
      const mistake = openedMistake(kind, result);
      if (mistake === undefined) return result;
      throw pluginError(subject, mistake, "Update the package, or tell its author.");
    },
    { subject },
  );
}

/** Like {@link ready}, for a synchronous call. */
function openNow<Result>(call: () => Result, { kind, subject }: GuardOptions): Result {
  try {
    const result = call();
    const mistake = openedMistake(kind, result);
    if (mistake === undefined) return result;
    throw pluginError(subject, mistake, "Update the package, or tell its author.");
  } catch (cause) {
    throw named(cause, subject);
  }
}

function nameFailure<Args extends unknown[], Result>(
  call: (...args: Args) => Result | Promise<Result>,
  { subject }: Pick<GuardOptions, "subject">,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (cause) {
      throw named(cause, subject);
    }
  };
}

function named(cause: unknown, subject: string): AxioError {
  if (AxioError.is(cause)) return cause;
  return pluginError(subject, thrownText(cause), "Update the package, or tell its author.", cause);
}

function closeTools(tools: OpenTools): void {
  // Its opener no longer waits.
  Promise.resolve(tools.close?.()).catch(() => undefined);
}
