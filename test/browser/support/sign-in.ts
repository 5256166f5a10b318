import { type Simulator, type SimulatorOptions, startSimulator } from "axio-simulator";
import { type Credentials, type LoginOptions, login, MemoryCredentialStore } from "axio-transport-codex";
import type { Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** Starts a simulator until the end of the test. */
export async function simulatorForTest(options?: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator[Symbol.asyncDispose]());
  return simulator;
}

/** A pending sign-in, with its page open in the tab. */
export interface SignIn {
  readonly result: Promise<Credentials>;
  readonly store: MemoryCredentialStore<Credentials>;
  /** The redirect URI. */
  readonly redirectUri: string;
}

/** Starts a sign-in to the simulator and opens its page in the tab. */
export async function startSignIn(
  simulator: Simulator,
  page: Page,
  options: LoginOptions = {},
): Promise<SignIn> {
  const store = new MemoryCredentialStore<Credentials>();
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  let result: Promise<Credentials> | undefined;
  const redirectUri = await new Promise<string>((resolve, reject) => {
    result = login({
      store,
      method: "browser",
      issuer: simulator.issuer,
      ports: [0],
      signal: ended.signal,
      openBrowser: async (url) => {
        await page.goto(url);
        return true;
      },
      onProgress: (progress) => {
        if (progress.type === "authorize") resolve(progress.redirectUri);
      },
      ...options,
    });
    // The test awaits it later; until then it must not count as unhandled.
    result.catch(reject);
  });
  if (result === undefined) throw new Error("The sign-in did not start.");
  return { result, store, redirectUri };
}
