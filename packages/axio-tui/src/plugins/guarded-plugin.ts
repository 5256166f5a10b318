import { AxioError } from "axio";
import type { OpenTools, Provider, ProviderSignIn, Screen, ToolsPlugin } from "axio/plugin";
import { openedMistake, screenMistake } from "./check-plugin.ts";
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
    case "providers":
      return guardProvider(plugin as Provider, options);
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

function guardProvider(provider: Provider, options: GuardOptions): Provider {
  const { signIn, createTransport, fetchRateLimits, openScreen: open } = provider;
  return {
    ...provider,
    signIn: signIn && guardSignIn(signIn, options),
    createTransport: ready(createTransport.bind(provider), options, (late) => late.close?.()),
    ...(fetchRateLimits && { fetchRateLimits: nameFailure(fetchRateLimits.bind(provider), options) }),
    ...(open && { openScreen: (call) => openScreen(() => open.call(provider, call), options) }),
  };
}

function guardSignIn(signIn: ProviderSignIn, options: GuardOptions): ProviderSignIn {
  const { planUse } = signIn;
  return {
    ...signIn,
    planUse: planUse && { ...planUse, acknowledge: nameFailure(planUse.acknowledge.bind(planUse), options) },
    profiles: nameFailure(signIn.profiles.bind(signIn), options),
    profile: nameFailure(signIn.profile.bind(signIn), options),
    login: nameFailure(signIn.login.bind(signIn), options),
    logout: nameFailure(signIn.logout.bind(signIn), options),
    setDefaultProfile: nameFailure(signIn.setDefaultProfile.bind(signIn), options),
    forgetProfile: nameFailure(signIn.forgetProfile.bind(signIn), options),
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

function openScreen(call: () => Screen, { subject }: GuardOptions): Screen {
  try {
    const screen = call();
    const mistake = screenMistake(screen);
    if (mistake === undefined) return screen;
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
