import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCredentialStore } from "axio-auth";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CODEX_CREDENTIAL_FORMAT, CodexTransport, defaultStore, login, profileStore } from "../src/index.ts";
import { CODEX_PROFILES } from "../src/profile-store.ts";
import { asking, connection, failureOf, requestsTo, simulate, textOf } from "./support.ts";

let config = "";
let directory = "";
beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), "axio-profiles-"));
  directory = join(config, "axio");
  vi.stubEnv("XDG_CONFIG_HOME", config);
  vi.stubEnv("CODEX_HOME", join(config, "codex-home"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(config, { recursive: true });
});

const open = (file: string) =>
  new FileCredentialStore({ path: join(directory, file), format: CODEX_CREDENTIAL_FORMAT });

test("throws invalid-argument for a path as a name", async () => {
  expect((await failureOf(() => profileStore("../x"))).code).toBe("invalid-argument");
});

describe("the default profile", () => {
  test("is `default`, in codex.json, if none is selected", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    await open("codex.json").update(async () => issued);
    expect(await defaultStore().load()).toMatchObject({ accessToken: issued.accessToken });
    expect(await CODEX_PROFILES.read()).toEqual({ current: "default", stores: new Map() });
  });

  test("is used by a transport without options and by login", async () => {
    const simulator = await simulate({ deviceIntervalSeconds: 1 });
    const [personal, work] = [simulator.issueCredentials(), simulator.issueCredentials()];
    await open("codex.json").update(async () => personal);
    await open("codex-work.json").update(async () => work);
    await CODEX_PROFILES.change((profiles) => ({ ...profiles, current: "work" }));
    const { credentials: _, ...rest } = connection(simulator);
    const transport = new CodexTransport({ ...rest, model: "gpt-5.5" });
    await textOf(transport.stream(asking("say Hi")));
    const other = new CodexTransport({ ...rest, credentials: profileStore("default"), model: "gpt-5.5" });
    await textOf(other.stream(asking("say Hi")));
    expect(requestsTo(simulator, "/responses").map(({ headers }) => headers["authorization"])).toEqual([
      `Bearer ${work.accessToken}`,
      `Bearer ${personal.accessToken}`,
    ]);
    const fresh = await login({
      method: "device",
      issuer: simulator.issuer,
      onProgress: (step) => {
        if (step.type === "device-code") simulator.decideDevice(step.userCode);
      },
    });
    expect(await open("codex-work.json").load()).toEqual(fresh);
    expect(await open("codex.json").load()).toMatchObject({ accessToken: personal.accessToken });
  });

  test("may be the official CLI's sign-in", async () => {
    const simulator = await simulate();
    await CODEX_PROFILES.use({ profile: "cli", store: "codex-cli" });
    await defaultStore().update(async () => simulator.issueCredentials());
    expect(await readdir(join(config, "codex-home"))).toContain("auth.json");
    expect((await CODEX_PROFILES.list()).map(({ name }) => name)).toEqual(["cli"]);
  });

  test("stays the same for a store that is in use", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    await open("codex.json").update(async () => issued);
    const store = defaultStore();
    await store.load();
    await CODEX_PROFILES.change((profiles) => ({ ...profiles, current: "work" }));
    expect(await store.load()).toMatchObject({ accessToken: issued.accessToken });
  });
});
