import { readFile } from "node:fs/promises";
import { AxioError, type JsonObject, ModelRegistry } from "axio";
import type { ProviderAccount } from "axio/plugin";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { ProfileSet, versionedFormat } from "axio-auth";
import { createSignIn } from "axio-auth/provider";
import type { CliOptions } from "axio-cli";
import { jsonLines, type Machine, startMachine } from "test-support/cli-machine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandSpecs } from "../src/command-specs.ts";

/** Credentials of an imaginary service. Without a token, they only name the last user. */
interface Ticket {
  readonly holder: string;
  readonly token: string;
}

const profiles = new ProfileSet<Ticket>({
  provider: "harbor",
  format: versionedFormat({
    parse: (value: JsonObject) => ({ holder: String(value["holder"]), token: String(value["token"]) }),
  }),
});

class HarborTransport extends ScriptedTransport {
  async fetchModels(): Promise<ModelRegistry> {
    return new ModelRegistry([{ id: "tug-1", capabilities: ["text"] }]);
  }
}

/** A service with a browser sign-in and an API key, that does not report rate limits. */
const COMMAND: CliOptions = {
  name: "axio-harbor",
  version: "1.2.3",
  purpose: "Use a harbor from the command line",
  providerName: "harbor",
  provider: {
    title: "Harbor",
    usageUrl: "https://harbor.example/usage",
    settings: [
      { name: "holderName", valueName: "name", description: "who signs in", appliesTo: ["login"] },
      {
        name: "berth",
        type: "number",
        valueName: "number",
        description: "which berth",
        appliesTo: ["login"],
      },
    ],
    signIn: createSignIn<Ticket>({
      title: "Continue with Harbor",
      methods: ["browser", "api-key"],
      load: async () => ({
        profiles,
        describe: ({ holder, token }): ProviderAccount | undefined =>
          token === "" ? undefined : { label: holder, email: holder, id: "7" },
        login: async (host, { store, method, readSecret, signal, onProgress }) => {
          const { holderName = "robin@example.test", berth } = host.settings;
          onProgress?.({ type: "exchanging", method: method ?? "browser" });
          const entered = await (method === "api-key"
            ? readSecret?.({ title: "API key", signal: signal ?? host.signal })
            : undefined);
          const ticket = {
            holder: berth === undefined ? String(holderName) : `berth ${JSON.stringify(berth)}`,
            token: entered ?? "secret",
          };
          await store.update(async () => ticket);
          return ticket;
        },
        logout: async (_host, { store }) => {
          await store.update(async (ticket) => ticket && { ...ticket, token: "" });
          return {
            signedOut: true,
            revoked: false,
            error: new AxioError("network", "It did not respond."),
          };
        },
      }),
    }),
    createTransport: async (host, selection) => {
      const { store } = await profiles.select(selection, host);
      return new HarborTransport([
        async function* () {
          if (!(await store.load())?.token) throw new AxioError("unauthenticated", "You are not signed in.");
          yield* textAnswer("Ahoy.");
        },
      ]);
    },
  },
};

let machine: Machine;
beforeEach(async () => {
  machine = await startMachine(COMMAND);
});
afterEach(() => machine[Symbol.asyncDispose]());

test("the help describes this provider only", async () => {
  const names = ["login", "logout", "status", "use", "models", "usage", "ask"];
  const texts = await Promise.all(
    [["--help"], ...names.map((name) => [name, "--help"])].map(
      async (argv) => (await machine.run(argv)).stdout,
    ),
  );
  const help = texts.join("\n").replaceAll(/\s+/g, " ");
  expect(help).toContain("Use a harbor from the command line");
  expect(help).toContain("continue with Harbor");
  expect(help).toContain("--holder-name <name>");
  expect(help).toContain("--api-key");
  expect(help).toContain("the store: file (default), keychain, or the path of a file");
  expect(help).toContain("show where to see and limit your usage");
  expect(help).not.toMatch(/codex|chatgpt|--device|--transport|--enable-plan|--forget/i);
  expect((await machine.run(["--version"])).stdout).toBe("1.2.3\n");
});

test("errors name this program", async () => {
  const errors = await Promise.all(
    [["status", "now"], ["login", "--device"], ["use"], ["ask"]].map(
      async (argv) => (await machine.run(argv, { stdin: "" })).stderr,
    ),
  );
  for (const error of errors) expect(error).toContain("axio-harbor");
});

test("a user signs in, asks and signs out, and the files belong to this provider", async () => {
  const login = await machine.run(["login", "--holder-name", "kim@example.test"]);
  expect(login).toMatchObject({ code: 0, stdout: "" });
  expect(login.stderr).toContain("Continue with Harbor");
  expect(login.stderr).toContain("✓ Signed in as kim@example.test.\n  Stored in ~/.config/axio/harbor.json.");
  expect(await machine.run(["ask", "Hello?"])).toMatchObject({ code: 0, stdout: "Ahoy.\n" });
  expect((await machine.run(["models", "--json"])).stdout).toContain("tug-1");

  const logout = await machine.run(["logout"]);
  expect(logout.stderr).toContain("! The server did not confirm it: It did not respond.");
  // The rest of the file is not a sign-in.
  expect(await machine.run(["status"])).toEqual({
    code: 3,
    stdout: "○ default  not signed in\n",
    stderr: "Sign in: axio-harbor login\n",
  });
  expect(jsonLines((await machine.run(["status", "--json"])).stdout)).toMatchObject([
    { signedIn: false, profiles: [{ profile: "default", signedIn: false }] },
  ]);
  expect((await machine.run(["use", "default"])).stderr).toContain("You are not signed in there");
  const ask = await machine.run(["ask", "Hello?"]);
  expect(ask).toMatchObject({ code: 3, stdout: "" });
  expect(ask.stderr).toContain("→ Sign in: axio-harbor login");
});

test("settings are options of the type that the provider declares", async () => {
  expect((await machine.run(["login", "--berth", "12"])).stderr).toContain("Signed in as berth 12.");
  const wrong = await machine.run(["login", "--berth", "twelve"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("'twelve' is invalid. Use a number.");
});

test("reads an API key from stdin, and does not show it in a terminal", async () => {
  expect((await machine.run(["login", "--api-key"], { stdin: "key-1\n" })).code).toBe(0);
  expect(await profiles.store(undefined, { env: { HOME: machine.home } }).load()).toMatchObject({
    token: "key-1",
  });
  const typed = await machine.run(["login", "--api-key"], {
    columns: 80,
    onStderr: (text, stdin) => {
      if (text.endsWith("API key (not shown): ")) stdin.write("key-2\r");
    },
  });
  expect(typed.code).toBe(0);
  expect(typed.stderr + typed.stdout).not.toContain("key-2");
  expect(await profiles.store(undefined, { env: { HOME: machine.home } }).load()).toMatchObject({
    token: "key-2",
  });
});

test("a provider that does not report rate limits names the page that shows the usage", async () => {
  await machine.run(["login"]);
  expect(await machine.run(["usage"])).toMatchObject({
    code: 0,
    stdout: "Manage usage: https://harbor.example/usage\n",
  });
  expect(jsonLines((await machine.run(["usage", "--json"])).stdout)).toEqual([
    { usageUrl: "https://harbor.example/usage" },
  ]);
});

test("a provider without a sign-in has no commands for it", async () => {
  const { signIn: _, ...provider } = COMMAND.provider;
  await using open = await startMachine({ ...COMMAND, provider });
  const { stdout } = await open.run(["--help"]);
  expect(stdout).toContain("ask");
  expect(stdout).not.toContain("login");
  expect((await open.run(["status"])).code).toBe(2);
});

test("the README lists each command", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const listed = [...readme.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name);
  expect(commandSpecs(COMMAND).map(({ name }) => name)).toEqual(expect.arrayContaining(listed));
  expect(listed).toHaveLength(commandSpecs(COMMAND).length);
});
