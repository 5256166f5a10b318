import { AxioError } from "axio";
import type { PluginHost, TransportPlugin } from "axio/plugin";
import type { BearerCredentials } from "../credentials.ts";
import type { SignInProvider } from "../plugin/provider.ts";
import { describeLogout, forgetProfile, listProfiles, makeDefault } from "../plugin/sign-ins.ts";
import { textSetting } from "../plugin/transport-plugin.ts";
import type { ScreenContext } from "./choices.ts";
import { beginScreen, reduceScreen } from "./reduce-screen.ts";
import type { ScreenEffect, ScreenEvent, ScreenState } from "./screen-state.ts";

/** What a settings screen works on. */
export interface SettingsControllerOptions<C extends BearerCredentials> {
  readonly provider: SignInProvider<C>;
  readonly plugin: TransportPlugin;
  readonly host: PluginHost;
  readonly profile: string | undefined;
  readonly start: "overview" | "login";
  readonly onDone: (result: { readonly profile?: string; readonly changed: boolean }) => void;
  /** Puts a text into the clipboard. */
  readonly copy: (text: string) => void;
}

/** Runs a settings screen: holds its state, and does what it asks for. Knows nothing of drawing. */
export class SettingsController<C extends BearerCredentials> {
  readonly facts: ScreenContext;
  readonly #options: SettingsControllerOptions<C>;
  readonly #listeners = new Set<() => void>();
  readonly #end = new AbortController();
  #state: ScreenState;
  #login: AbortController | undefined;
  #resolvePaste: ((text: string) => void) | undefined;

  constructor(options: SettingsControllerOptions<C>) {
    this.#options = options;
    this.facts = { ...options.provider, isRemote: Boolean(options.host.env["SSH_CONNECTION"]) };
    this.#state = beginScreen(options.start, options.profile).state;
  }

  get state(): ScreenState {
    return this.#state;
  }

  /** Does what comes first. */
  open(): void {
    for (const effect of beginScreen(this.#options.start, this.#options.profile).effects) this.#run(effect);
  }

  /** Ends what is under way. */
  close(): void {
    this.#end.abort();
    this.#login?.abort();
  }

  /** Told when `state` has changed. Gives what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  send(event: ScreenEvent): void {
    if (this.#end.signal.aborted) return;
    const { state, effects } = reduceScreen(this.#state, event, this.facts);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    for (const listener of this.#listeners) listener();
  }

  #run(effect: ScreenEffect): void {
    switch (effect.type) {
      case "login":
        void this.#signIn(effect);
        break;
      case "stop-login":
        this.#login?.abort();
        break;
      case "paste":
        this.#resolvePaste?.(effect.text);
        break;
      case "copy":
        this.#options.copy(effect.text);
        break;
      case "close":
        this.#leave();
        break;
      default:
        this.#work(effect).then(
          (event) => this.send(event),
          (error: unknown) => this.send({ type: "failed", error: toAxioError(error) }),
        );
    }
  }

  /** What takes a moment, and what came of it. */
  async #work(
    effect: Extract<
      ScreenEffect,
      { readonly type: "load" | "usage" | "use" | "logout" | "forget" | "acknowledge" }
    >,
  ): Promise<ScreenEvent> {
    const { provider, host } = this.#options;
    switch (effect.type) {
      case "load":
        return { type: "profiles", profiles: await listProfiles(provider, host, this.#end.signal) };
      case "usage":
        return this.#usage(effect.profile);
      case "use":
        await makeDefault(provider, effect.profile, host);
        return { type: "done", text: `The profile ${effect.profile} is used now.` };
      case "acknowledge":
        await provider.planUse?.acknowledge(provider.profiles.store(effect.profile, host));
        return { type: "acknowledged", profiles: await listProfiles(provider, host, this.#end.signal) };
      case "logout":
        return { type: "done", text: await this.#signOut(effect.profile) };
      case "forget": {
        const said = await this.#signOut(effect.profile);
        await forgetProfile(provider, effect.profile, host);
        return { type: "done", text: `The profile ${effect.profile} is removed. ${said}` };
      }
    }
  }

  #leave(): void {
    const { changed, hasChosen, profile } = this.#state;
    this.#options.onDone({ changed, ...(hasChosen && profile !== undefined ? { profile } : {}) });
  }

  async #usage(profile: string): Promise<ScreenEvent> {
    const { plugin, host } = this.#options;
    if (plugin.usage === undefined) return { type: "usage", profile, usage: { type: "none" } };
    try {
      const limits = await plugin.usage(host, { profile, signal: this.#end.signal });
      return { type: "usage", profile, usage: { type: "known", limits } };
    } catch (error) {
      return { type: "usage", profile, usage: { type: "failed", error: toAxioError(error) } };
    }
  }

  async #signOut(profile: string): Promise<string> {
    const { provider, host } = this.#options;
    const store = provider.profiles.store(profile, host);
    return describeLogout(await provider.logout({ store, signal: this.#end.signal, ...issuerOf(host) }));
  }

  async #signIn(effect: Extract<ScreenEffect, { type: "login" }>): Promise<void> {
    const { attempt, method, enablePlan, profile } = effect;
    const { provider, host } = this.#options;
    this.#login?.abort();
    const login = new AbortController();
    this.#login = login;
    const signal = AbortSignal.any([login.signal, this.#end.signal, host.signal]);
    try {
      const credentials = await provider.login({
        store: provider.profiles.store(profile, host),
        method,
        enablePlan,
        host,
        signal,
        ...issuerOf(host),
        onProgress: (step) => this.send({ type: "progress", attempt, step }),
        ...(method === "device" ? {} : { readPaste: (reading) => this.#readPaste(attempt, reading) }),
      });
      const facts = provider.describe(credentials);
      this.send({ type: "signed-in", attempt, who: facts?.email ?? `the account ${facts?.accountId ?? ""}` });
    } catch (error) {
      if (!signal.aborted) this.send({ type: "sign-in-failed", attempt, error: toAxioError(error) });
    }
  }

  #readPaste(attempt: number, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#resolvePaste = resolve;
      this.send({ type: "paste-wanted", attempt });
    });
  }
}

function issuerOf(host: PluginHost): { readonly issuer?: string } {
  const issuer = textSetting(host, "issuer");
  return issuer === undefined ? {} : { issuer };
}

function toAxioError(error: unknown): AxioError {
  if (AxioError.is(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new AxioError("unexpected", `Something unexpected went wrong: ${text}`, { cause: error });
}
