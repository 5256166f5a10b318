import { AxioError, type JsonObject, ModelRegistry } from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { ProfileSet } from "axio-auth";
import { type CliProgram, standardCommands } from "axio-transport-kit/cli";
import { jsonLines, type Machine, startMachine } from "test-support/cli-machine";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BearerCredentials } from "../../src/index.ts";

/** A sign-in that outlives its tokens: without them it only names who was here. */
interface Ticket extends BearerCredentials {
  readonly holder: string;
}

const profiles = new ProfileSet<Ticket>({
  provider: "harbour",
  parse: (value: JsonObject) => value as unknown as Ticket,
});

class HarbourTransport extends ScriptedTransport {
  fetchModels(): Promise<ModelRegistry> {
    return Promise.resolve(new ModelRegistry([{ id: "tug-1", capabilities: ["text"] }]));
  }
  [Symbol.dispose](): void {}
}

/** A service without a device code, that does not tell what is used. */
const PROGRAM: CliProgram<Ticket> = {
  name: "axio-harbour",
  version: "1.2.3",
  purpose: "use a harbour from the command line",
  signInTitle: "Continue with Harbour",
  usagePage: "https://harbour.example/usage",
  describe: ({ holder, accessToken }) => (accessToken === "" ? undefined : { accountId: "7", email: holder }),
  load: {
    profiles: async () => profiles,
    login:
      async () =>
      async ({ store, args, onProgress }) => {
        onProgress?.({ type: "exchanging", method: "browser" });
        const holder = args.text("as") ?? "robin@example.test";
        const ticket = { holder, accessToken: "secret", refreshToken: "renew", expiresAt: 0 };
        await store.update(async () => ticket);
        return ticket;
      },
    logout:
      async () =>
      async ({ store }) => {
        await store.update(async (ticket) => ticket && { ...ticket, accessToken: "", refreshToken: "" });
        return { signedOut: true, revoked: false, error: new AxioError("network", "It did not answer.") };
      },
    transport:
      async () =>
      ({ credentials }) =>
        new HarbourTransport([
          async function* () {
            if ((await credentials.load())?.accessToken !== "secret")
              throw new AxioError("unauthenticated", "Nobody is signed in. Sign in first.");
            yield* textAnswer("Ahoy.");
          },
        ]),
  },
  commands: standardCommands({
    program: "axio-harbour",
    transport: "HarbourTransport",
    login: {
      summary: "come aboard",
      options: [{ name: "as", value: "NAME", description: "who signs in" }],
      notes: [],
      examples: ["login --as kim"],
    },
    usage: { summary: "show where your use of the plan can be seen", examples: ["usage"] },
  }),
};

let machine: Machine;
beforeEach(async () => {
  machine = await startMachine(PROGRAM);
});
afterEach(() => machine[Symbol.asyncDispose]());

test("the help speaks of this program alone", async () => {
  const texts = await Promise.all(
    [["--help"], ...PROGRAM.commands.map(({ name }) => [name, "--help"])].map(
      async (argv) => (await machine.run(argv)).stdout,
    ),
  );
  const help = texts.join("\n").replaceAll(/\s+/g, " ");
  expect(help).toContain("axio-harbour: use a harbour from the command line");
  expect(help).toContain("axio-harbour login --as kim");
  expect(help).toContain("Programs with a HarbourTransport use it too");
  expect(help).toContain("where it is kept: file (default), keychain, or the path of a file");
  expect(help).toContain("show where your use of the plan can be seen");
  expect(help).not.toMatch(/codex|chatgpt|--device|--transport/i);
  expect((await machine.run(["--version"])).stdout).toBe("1.2.3\n");
});

test("errors name this program", async () => {
  const errors = await Promise.all(
    [["lgoin"], ["login", "--device"], ["use"], ["status", "now"], ["ask"]].map(
      async (argv) => (await machine.run(argv, { stdin: "" })).stderr,
    ),
  );
  for (const error of errors) expect(error).toContain("axio-harbour");
});

test("a person signs in, asks and signs out, and files are this provider's own", async () => {
  const login = await machine.run(["login", "--as", "kim@example.test"]);
  expect(login).toMatchObject({ code: 0, stdout: "" });
  expect(login.stderr).toContain("Continue with Harbour");
  expect(login.stderr).toContain("✓ Signed in as kim@example.test.\n  Kept in ~/.config/axio/harbour.json.");
  expect(await machine.run(["ask", "Hello?"])).toMatchObject({ code: 0, stdout: "Ahoy." });
  expect((await machine.run(["models", "--json"])).stdout).toContain("tug-1");

  const logout = await machine.run(["logout"]);
  expect(logout.stderr).toContain("! The server did not confirm it: It did not answer.");
  // What is left in the file is no sign-in.
  expect(await machine.run(["status"])).toEqual({
    code: 3,
    stdout: "○ default  nobody is signed in\n",
    stderr: "Sign in: axio-harbour login\n",
  });
  expect(jsonLines((await machine.run(["status", "--json"])).stdout)).toMatchObject([
    { signedIn: false, profiles: [{ profile: "default", signedIn: false }] },
  ]);
  expect((await machine.run(["use", "default"])).stderr).toContain("Nobody is signed in there");
  const ask = await machine.run(["ask", "Hello?"]);
  expect(ask).toMatchObject({ code: 3, stdout: "" });
  expect(ask.stderr).toContain("→ Sign in: axio-harbour login");
});

test("where the service does not tell what is used, the page that shows it is named", async () => {
  await machine.run(["login"]);
  expect(await machine.run(["usage"])).toMatchObject({
    code: 0,
    stdout: "Manage usage: https://harbour.example/usage\n",
  });
  expect(jsonLines((await machine.run(["usage", "--json"])).stdout)).toEqual([
    { usagePage: "https://harbour.example/usage" },
  ]);
});
