import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent } from "axio";
import { AuthJsonStore, CodexTransport, login, refreshAccessToken } from "axio-transport-codex";
import { defaultFetch, type FetchLike } from "../packages/axio-http/src/index.ts";
import type { Simulator } from "../packages/axio-simulator/src/index.ts";
import { type CliCase, expectSuccess, lastLine } from "./cli-case.ts";
import { approveWhenAsked } from "./cli-cases.ts";
import { type CliHome, execPrompt, runCli } from "./official-cli.ts";

/** A remaining token lifetime at which the CLI refreshes before use. */
const EXPIRES_SOON_SECONDS = 120;

const SHARED = { newestOnly: true, start: "signed out", options: { deviceIntervalSeconds: 1 } } as const;

/** The official CLI and our transport use one `auth.json` in turns. */
export const SHARED_AUTH_JSON_CASES: readonly CliCase[] = [
  {
    ...SHARED,
    name: "one auth.json: it signs in by device code, we read and refresh, it continues",
    run: async (launcher, home, simulator) => {
      const problems = await signInWithCli(launcher, home, simulator);
      const store = new AuthJsonStore({ codexHome: home.home });
      const before = await readTokens(home);
      const fetch = trustingFetch(home);
      const answer = await askWithAxio(store, simulator, fetch);
      if (answer !== "From axio") problems.push(`axio with its sign-in: ${answer}`);
      await store.update(
        async (current) => current && refreshAccessToken(current, { issuer: simulator.issuer, fetch }),
      );
      const after = await readTokens(home);
      for (const name of ["login_owner_id", "oauth_provenance", "account_id"]) {
        if (JSON.stringify(after[name]) !== JSON.stringify(before[name]))
          problems.push(`${name} was changed`);
      }
      if (after["access_token"] === before["access_token"]) problems.push("the token was not refreshed");
      const run = await execPrompt(launcher, home, "say With the tokens that axio refreshed");
      if (lastLine(run.stdout) !== "With the tokens that axio refreshed") problems.push(lastLine(run.stderr));
      if (lastBearer(simulator) !== `Bearer ${after["access_token"]}`)
        problems.push("it does not use the tokens that axio refreshed");
      if (simulator.stats.refreshes !== 1) problems.push("it refreshed tokens that were just refreshed");
      return expectSuccess(simulator, run, [problems]);
    },
  },
  {
    ...SHARED,
    name: "one auth.json: we sign in, it takes a turn and refreshes, we continue",
    run: async (launcher, home, simulator) => {
      const problems: string[] = [];
      const store = new AuthJsonStore({ codexHome: home.home });
      const fetch = trustingFetch(home);
      await login({
        method: "device",
        issuer: simulator.issuer,
        store,
        fetch,
        onProgress: (progress) => {
          if (progress.type === "device-code") void simulator.decideDevice(progress.userCode);
        },
      });
      const status = await runCli(launcher, home, ["login", "status"]);
      if (!/Logged in using ChatGPT/.test(status.stdout + status.stderr))
        problems.push(`it does not accept axio's sign-in: ${lastLine(status.stderr)}`);
      // If all tokens were short-lived, each of them would be refreshed.
      await store.update(async () => simulator.issueCredentials({ lifetimeSeconds: EXPIRES_SOON_SECONDS }));
      const before = await readTokens(home);
      const run = await execPrompt(launcher, home, "say With the sign-in of axio");
      if (lastLine(run.stdout) !== "With the sign-in of axio") problems.push(lastLine(run.stderr));
      const after = await readTokens(home);
      if (after["access_token"] === before["access_token"]) problems.push("it did not refresh in time");
      if (simulator.stats.refreshes !== 1)
        problems.push(`${simulator.stats.refreshes} refreshes instead of 1`);
      const answer = await askWithAxio(store, simulator, fetch);
      if (answer !== "From axio") problems.push(`axio with the tokens that it refreshed: ${answer}`);
      if (simulator.stats.refreshTokenReuses !== 0) problems.push("a refresh token was used twice");
      const logout = await runCli(launcher, home, ["logout"]);
      if (logout.exitCode !== 0) problems.push(`logout: ${lastLine(logout.stderr)}`);
      if ((await store.load()) !== undefined) problems.push("axio is still signed in after its sign-out");
      return expectSuccess(simulator, run, [problems]);
    },
  },
];

async function signInWithCli(launcher: string, home: CliHome, simulator: Simulator): Promise<string[]> {
  const watching = new AbortController();
  const approving = approveWhenAsked(simulator, watching.signal);
  const run = await runCli(launcher, home, [
    "login",
    "--device-auth",
    "--experimental_issuer",
    simulator.issuer,
  ]);
  watching.abort();
  await approving;
  return run.exitCode === 0 ? [] : [`login: ${lastLine(run.stderr)}`];
}

async function askWithAxio(store: AuthJsonStore, simulator: Simulator, fetch: FetchLike): Promise<string> {
  const { baseUrl, issuer } = simulator;
  const transport = new CodexTransport({
    credentials: store,
    baseUrl,
    issuer,
    fetch,
    model: "gpt-5.5",
    retry: { maxRetries: 0 },
  });
  return (await new Agent({ system: "Be brief.", transport }).run("say From axio")).text;
}

async function readTokens(home: CliHome): Promise<Record<string, unknown>> {
  const document = JSON.parse(await readFile(join(home.home, "auth.json"), "utf8")) as {
    tokens: Record<string, unknown>;
  };
  return document.tokens;
}

/** A `fetch` that trusts the CA that the CLI trusts. */
function trustingFetch({ env }: CliHome): FetchLike {
  return defaultFetch({ SSL_CERT_FILE: env["SSL_CERT_FILE"] });
}

function lastBearer(simulator: Simulator): string | undefined {
  return simulator.requests.filter(({ path }) => path.endsWith("/responses")).at(-1)?.headers[
    "authorization"
  ];
}
