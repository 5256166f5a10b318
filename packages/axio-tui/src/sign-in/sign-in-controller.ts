import { toAxioError } from "axio/internal";
import type { Provider, ProviderSignIn, SignInScreenOptions } from "axio/plugin";
import { describeLogout } from "./describe-logout.ts";
import { beginScreen, reduceScreen } from "./reduce-screen.ts";
import type { LoginPrompt, ScreenEffect, ScreenEvent, ScreenState, SignInContext } from "./screen-state.ts";

/** Holds the state of the sign-in screen and runs its effects. Knows nothing of drawing. */
export class SignInController {
  readonly context: SignInContext;
  readonly #provider: Provider;
  readonly #signIn: ProviderSignIn;
  readonly #options: SignInScreenOptions;
  readonly #listeners = new Set<() => void>();
  readonly #end = new AbortController();
  #state: ScreenState;
  #login: AbortController | undefined;
  #answerPrompt: ((text: string) => void) | undefined;

  /** Opens the screen and runs its first effects. */
  constructor(provider: Provider, signIn: ProviderSignIn, options: SignInScreenOptions) {
    this.#provider = provider;
    this.#signIn = signIn;
    this.#options = options;
    const { title, usageUrl } = provider;
    this.context = { title, usageUrl, signIn, isRemote: Boolean(options.host.env["SSH_CONNECTION"]) };
    const { state, effects } = beginScreen(options.start, options.profile);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
  }

  get state(): ScreenState {
    return this.#state;
  }

  /** Aborts what is in progress. */
  close(): void {
    this.#end.abort();
    this.#login?.abort();
  }

  /** Calls `listener` after each change. Returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(event: ScreenEvent): void {
    if (this.#end.signal.aborted) return;
    const { state, effects } = reduceScreen(this.#state, event, this.context);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    for (const listener of this.#listeners) listener();
  }

  #run(effect: ScreenEffect): void {
    switch (effect.type) {
      case "login":
        void this.#logIn(effect);
        break;
      case "stop-login":
        this.#login?.abort();
        break;
      case "answer-prompt":
        this.#answerPrompt?.(effect.text);
        break;
      case "copy":
        this.#options.copy(effect.text);
        break;
      case "close": {
        const { changed, hasChosen, profile } = this.#state;
        this.#options.onDone({ changed, ...(hasChosen && profile !== undefined ? { profile } : {}) });
        break;
      }
      default:
        this.#work(effect).then(
          (event) => this.send(event),
          (error: unknown) => this.send({ type: "failed", error: toAxioError(error) }),
        );
    }
  }

  async #work(
    effect: Extract<
      ScreenEffect,
      { readonly type: "load" | "usage" | "use" | "logout" | "forget" | "acknowledge" }
    >,
  ): Promise<ScreenEvent> {
    const { host } = this.#options;
    const { signal } = this.#end;
    if (effect.type === "load")
      return { type: "profiles", profiles: await this.#signIn.profiles(host, { signal }) };
    const { profile } = effect;
    switch (effect.type) {
      case "usage":
        return this.#fetchUsage(profile);
      case "use":
        await this.#signIn.setDefaultProfile(host, { profile });
        return { type: "done", text: `The profile ${profile} is in use now.` };
      case "acknowledge":
        await this.#signIn.planUse?.acknowledge(host, { profile });
        return { type: "acknowledged", profiles: await this.#signIn.profiles(host, { signal }) };
      case "logout":
        return { type: "done", text: await this.#logOut(profile) };
      case "forget": {
        const result = await this.#logOut(profile);
        await this.#signIn.forgetProfile(host, profile);
        return { type: "done", text: `The profile ${profile} is removed. ${result}` };
      }
    }
  }

  async #fetchUsage(profile: string): Promise<ScreenEvent> {
    const { host } = this.#options;
    try {
      const limits = await this.#provider.fetchRateLimits?.(host, { profile, signal: this.#end.signal });
      const usage = limits === undefined ? { type: "none" as const } : { type: "known" as const, limits };
      return { type: "usage", profile, usage };
    } catch (error) {
      return { type: "usage", profile, usage: { type: "failed", error: toAxioError(error) } };
    }
  }

  async #logOut(profile: string): Promise<string> {
    const { host } = this.#options;
    return describeLogout(await this.#signIn.logout(host, { profile, signal: this.#end.signal }));
  }

  async #logIn(effect: Extract<ScreenEffect, { type: "login" }>): Promise<void> {
    const { attempt, method, enablePlan, profile } = effect;
    const { host } = this.#options;
    this.#login?.abort();
    const login = new AbortController();
    this.#login = login;
    const signal = AbortSignal.any([login.signal, this.#end.signal, host.signal]);
    try {
      const signedIn = await this.#signIn.login(host, {
        profile,
        method,
        enablePlan,
        asksForService: this.#signIn.profilesDiffer,
        signal,
        onProgress: (step) => this.send({ type: "progress", attempt, step }),
        readPaste:
          method === "device" ? undefined : (reading) => this.#prompt(attempt, { type: "paste" }, reading),
        readSecret: ({ title, url, isOptional = false, signal: reading }) =>
          this.#prompt(attempt, { type: "secret", title, url, isOptional }, reading),
        readText: ({ title, isOptional = false, signal: reading }) =>
          this.#prompt(attempt, { type: "text", title, isOptional }, reading),
      });
      this.send({ type: "signed-in", attempt, profile: signedIn });
    } catch (error) {
      if (!signal.aborted) this.send({ type: "sign-in-failed", attempt, error: toAxioError(error) });
    }
  }

  #prompt(attempt: number, prompt: LoginPrompt, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#answerPrompt = resolve;
      this.send({ type: "prompt", attempt, prompt });
    });
  }
}
