import { describe, expect, it } from "vitest";
import { Transports } from "../src/app/transports.ts";
import { temporarySessions } from "./support/running-app.ts";
import { MODEL, testOptions } from "./support/test-options.ts";

const OTHER = { ...MODEL, id: "other" };

describe("the model", () => {
  it("that a transport has before the account was asked is not kept as the person's choice", async () => {
    const options = testOptions({ models: [MODEL, OTHER] }, await temporarySessions());
    const transports = new Transports(options);
    const open = await transports.open({ name: "scripted" });
    await transports.remember(await transports.reopen(open, { effort: "high" }));
    expect(options.settings.current.transports).toEqual({ scripted: { effort: "high" } });
  });

  it("that the person chose is kept, and used after the transport is made anew", async () => {
    const options = testOptions({ models: [MODEL, OTHER] }, await temporarySessions());
    const transports = new Transports(options);
    const open = await transports.open({ name: "scripted" });
    const choice = { transport: "scripted", transportTitle: "Scripted", model: OTHER, isCurrent: false };
    const chosen = await transports.reopen(await transports.choose(choice, open), { effort: "low" });
    expect(chosen.transport.model.id).toBe("other");
    await transports.remember(chosen);
    expect(options.settings.current.transports).toEqual({ scripted: { model: "other", effort: "low" } });
  });

  it("is chosen from what the account has, also of a transport that is not in use", async () => {
    const options = testOptions({ models: [MODEL], accountModels: [OTHER] }, await temporarySessions());
    const { signal } = new AbortController();
    const choices = await new Transports(options).choices(undefined, () => expect.unreachable(), signal);
    expect(choices.map(({ model }) => model?.id)).toEqual(["other"]);
  });
});
