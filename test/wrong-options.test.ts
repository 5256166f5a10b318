import { ModelRegistry } from "axio";
import { toResponse } from "axio/server";
import { ScriptedTransport } from "axio/testing";
import { FileCredentialStore, KeychainCredentialStore, versionedFormat } from "axio-auth";
import { DurableAgent } from "axio-durable";
import { Gateway, startGateway } from "axio-gateway";
import { openPostgres } from "axio-postgres";
import { localTools } from "axio-tools-local";
import { mcpTools } from "axio-tools-mcp";
import { profileStore } from "axio-transport-codex";
import { describe, expect, it } from "vitest";

/** A function that plain JavaScript calls with options, ones that it accepts, and a misspelled or wrong one. */
interface Callee {
  readonly call: (options: never) => unknown;
  readonly options: object;
  readonly wrong: object;
  readonly message: string;
}

const transport = new ScriptedTransport([]);
const format = versionedFormat({ parse: ({ key }) => ({ key }) });
const requestPermission = async () => ({ allowed: true });

const CALLEES: Readonly<Record<string, Callee>> = {
  FileCredentialStore: {
    call: (options) => new FileCredentialStore(options),
    options: { path: "/nowhere/credentials.json", format },
    wrong: { lockTimeout: 1 },
    message: 'Did you mean "lockTimeoutMs"?',
  },
  KeychainCredentialStore: {
    call: (options) => new KeychainCredentialStore(options),
    options: { account: "codex", format },
    wrong: { format: "json" },
    message: "Pass a format, such as versionedFormat({ parse }).",
  },
  openPostgres: {
    call: (options) => openPostgres(options),
    options: { connection: "postgres://127.0.0.1:9/axio" },
    wrong: { maxConections: 5 },
    message: 'Did you mean "maxConnections"?',
  },
  localTools: {
    call: (options) => localTools(options),
    options: { directory: ".", requestPermission },
    wrong: { sandbox: "required" },
    message: 'Pass one of: "auto", "require", "off".',
  },
  mcpTools: {
    call: (options) => mcpTools(options),
    options: { servers: {}, requestPermission },
    wrong: { requestAllowed: true },
    message: 'Did you mean "requestsAllowed"?',
  },
  Gateway: {
    call: (options) => new Gateway(options),
    options: { transport, keys: [] },
    wrong: { host: ["axio.example"] },
    message: 'Did you mean "hosts"?',
  },
  startGateway: {
    call: async (options) => (await startGateway(options)).close(),
    options: { transport, keys: [] },
    wrong: { port: "4000" },
    message: "Pass the number of a port.",
  },
  DurableAgent: {
    call: (options) => new DurableAgent(options),
    options: { transport },
    wrong: { onUsageLimit: "pause" },
    message: 'Pass one of: "fail", "wait".',
  },
};

describe.each(Object.entries(CALLEES))("%s, called from plain JavaScript,", (_, callee) => {
  const call = async (options: unknown): Promise<unknown> => callee.call(options as never);

  it.each([undefined, null, 42, "text", [], {}])("rejects %j instead of its options", async (options) => {
    await expect(call(options)).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("rejects an option that it cannot use, and names the fix", async () => {
    await expect(call({ ...callee.options, ...callee.wrong })).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining(callee.message),
    });
  });

  it("accepts an option that is undefined", async () => {
    const error: unknown = await call({ ...callee.options, unheardOf: undefined }).catch((thrown) => thrown);
    expect(error).not.toMatchObject({ code: "invalid-argument" });
  });
});

describe("Values that plain JavaScript passes by mistake are named:", () => {
  it.each([
    ["models that are no list", () => new ModelRegistry({} as never), "Pass one: [{ id, capabilities }]."],
    ["a promise of a run", () => toResponse(Promise.resolve() as never), "what agent.runStream() returns"],
    ["an object as a profile", () => profileStore({} as never), "cannot be the name of a profile"],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining(message) }),
    );
  });
});
