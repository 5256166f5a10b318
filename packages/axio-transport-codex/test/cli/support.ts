import { defaultCredentialsPath, FileCredentialStore } from "axio-auth";
import type { Simulator } from "axio-simulator";
import { type Machine, startMachine } from "test-support/cli-machine";
import { COMMAND } from "../../src/bin/command.ts";
import { CODEX_CREDENTIAL_FORMAT } from "../../src/index.ts";

/** A machine with an empty home directory and this package's command. */
export interface TestMachine extends Machine {
  /** Stores credentials of the simulator where `login` would store them. */
  signIn(simulator: Simulator, profile?: string, lifetimeSeconds?: number): Promise<void>;
}

export async function createMachine(): Promise<TestMachine> {
  const machine = await startMachine(COMMAND);
  const environment = { env: { HOME: machine.home } };
  return {
    ...machine,
    async signIn(simulator, profile, lifetimeSeconds) {
      const issued = simulator.issueCredentials(lifetimeSeconds === undefined ? {} : { lifetimeSeconds });
      const path = defaultCredentialsPath(profile === undefined ? "codex" : `codex-${profile}`, environment);
      const store = new FileCredentialStore({ path, format: CODEX_CREDENTIAL_FORMAT });
      await store.update(async () => ({ ...issued, email: "robin@example.test", planType: "plus" }));
    },
  };
}

/**
 * Opens the sign-in page, chooses the first account and decides, like a user in a browser.
 *
 * @returns The URL of the callback, which is not opened.
 */
export async function approveInBrowser(url: string, decision = "continue"): Promise<string> {
  const page = await (await fetch(url)).text();
  const unescapeHtml = (text: string): string =>
    text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const action = unescapeHtml(/<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? "");
  const account = unescapeHtml(/name="account" value="([^"]*)"/.exec(page)?.[1] ?? "");
  const response = await fetch(new URL(action, url), {
    method: "POST",
    body: new URLSearchParams({ account, decision }),
    redirect: "manual",
  });
  return response.headers.get("location") ?? "";
}

/** Returns the options that connect a command to the simulator. */
export function pointAt(simulator: Simulator): readonly string[] {
  return ["--base-url", simulator.baseUrl, "--issuer", simulator.issuer];
}
