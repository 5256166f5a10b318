import type { Provider } from "axio/plugin";
import { ScriptedTransport } from "axio/testing";
import { describe, expect, it, vi } from "vitest";
import { activeModel } from "../../src/conversation/active-provider.ts";
import { Providers } from "../../src/conversation/providers.ts";
import { temporarySessions } from "../support/running-app.ts";
import { fakeSignIn, found, MODEL, testOptions } from "../support/test-options.ts";

const OTHER = { ...MODEL, id: "other" };

describe("the model", () => {
  it("that a provider has by default is not stored as a choice", async () => {
    const options = testOptions({ models: [MODEL, OTHER] }, await temporarySessions());
    const providers = new Providers(options);
    const active = await providers.open({ name: "scripted" });
    await providers.remember({ ...active, effort: "high" });
    expect(options.settings.current.providers).toEqual({ scripted: { effort: "high" } });
  });

  it("that the user selected is stored, and used after the provider was opened again", async () => {
    const options = testOptions({ models: [MODEL, OTHER] }, await temporarySessions());
    const providers = new Providers(options);
    const active = await providers.open({ name: "scripted" });
    const choice = { provider: "scripted", providerTitle: "Scripted", model: OTHER, isCurrent: false };
    const chosen = await providers.reopen({ ...(await providers.choose(choice, active)), effort: "low" });
    expect(activeModel(chosen)).toBe(OTHER);
    await providers.remember(chosen);
    expect(options.settings.current.providers).toEqual({ scripted: { model: "other", effort: "low" } });
  });
});

describe("an account whose plan is not used", () => {
  it("has no request for its models", async () => {
    const account = { label: "ada@example.com", planUse: { isOn: false, label: "Plan not used" } };
    const options = testOptions({ account }, await temporarySessions());
    const providers = new Providers(options);
    const active = await providers.open({ name: "scripted" });
    const fetchModels = vi.fn(async () => active.transport.models);
    active.transport.fetchModels = fetchModels;
    await providers.refreshModels(active, new AbortController().signal);
    expect(fetchModels).not.toHaveBeenCalled();
  });
});

describe("of several providers", () => {
  async function several(signedIn: readonly string[], settings = {}): Promise<Providers> {
    const options = testOptions({ settings, withSimulator: true }, await temporarySessions());
    const providers = ["a", "b"].map((name) =>
      found<Provider>(name, {
        title: name.toUpperCase(),
        createTransport: () => new ScriptedTransport([]),
        signIn: fakeSignIn(() => (signedIn.includes(name) ? { label: "ada@example.com" } : undefined)),
      }),
    );
    const simulator = options.found.providers.filter(({ name }) => name === "simulator");
    return new Providers({
      ...options,
      found: { ...options.found, providers: [...simulator, ...providers] },
    });
  }

  it("the first with a sign-in is used", async () => {
    expect((await (await several(["a", "b"])).first())?.name).toBe("a");
    expect((await (await several(["b"])).first())?.name).toBe("b");
  });

  it("none is used without a sign-in, and the simulator never", async () => {
    expect(await (await several([])).first()).toBeUndefined();
  });

  it("the last used one is used, with or without a sign-in", async () => {
    expect((await (await several(["a"], { provider: "b" })).first())?.name).toBe("b");
  });
});

describe("a provider whose profiles are different services", () => {
  it("offers the models of all of them, and uses the profile of the chosen one", async () => {
    const options = testOptions({}, await temporarySessions());
    const opened: (string | undefined)[] = [];
    const signIn = fakeSignIn(() => ({ label: "a key" }));
    const servers = found<Provider>("servers", {
      title: "Servers",
      createTransport: (_host, { profile = "default" }) => {
        opened.push(profile);
        const model = { ...MODEL, id: `model of ${profile}` };
        return Object.assign(new ScriptedTransport([], [model]), { name: `Server ${profile}` });
      },
      signIn: {
        ...signIn,
        profilesDiffer: true,
        profiles: async () =>
          ["default", "lab", "empty"].map((name) => ({
            name,
            isDefault: name === "default",
            location: "a file",
            ...(name === "empty" ? {} : { account: { label: "a key" } }),
          })),
      },
    });
    const providers = new Providers({ ...options, found: { ...options.found, providers: [servers] } });
    const choices = await providers.choices(undefined, (error) => {
      throw error;
    });
    expect(choices.map(({ providerTitle, model }) => `${providerTitle}: ${model?.id}`)).toEqual([
      "Server default: model of default",
      "Server lab: model of lab",
    ]);
    const [, lab] = choices;
    if (lab === undefined) throw new Error("There is no second choice.");
    const chosen = await providers.choose(lab, undefined);
    expect(chosen).toMatchObject({ name: "servers", profile: "lab", model: "model of lab" });
    expect(opened.at(-1)).toBe("lab");
  });
});
