import { describe, expect, it } from "vitest";
import { Notices } from "../../src/app/notices.ts";
import { PermissionQueue } from "../../src/app/permission-queue.ts";
import { createHost, type HostEnvironment } from "../../src/host/create-host.ts";
import { memorySettings } from "../support/test-options.ts";

function surroundings(change: Partial<HostEnvironment> = {}): HostEnvironment {
  const questions = new PermissionQueue();
  questions.attend(true);
  return {
    folder: "/project",
    env: {},
    settings: memorySettings({ pluginSettings: { "tools/a": { depth: 3 }, "transports/b": { url: "x" } } }),
    questions,
    notices: new Notices(),
    signal: new AbortController().signal,
    allowsAll: false,
    ...change,
  };
}

describe("what a plugin is given", () => {
  it("has the settings of that plugin alone, as they are now", async () => {
    const shared = surroundings();
    const host = createHost(shared, "tools", "a");
    expect(host.settings).toEqual({ depth: 3 });
    expect(createHost(shared, "guards", "a").settings).toEqual({});
    await shared.settings.update((settings) => ({
      ...settings,
      pluginSettings: { "tools/a": { depth: 4 } },
    }));
    expect(host.settings).toEqual({ depth: 4 });
  });

  it("has the transport's settings where it is that transport's screen", () => {
    expect(createHost(surroundings(), "transportSettings", "b").settings).toEqual({ url: "x" });
  });

  it("asks the person, and an answer for the session holds for this plugin and no other", async () => {
    const shared = surroundings();
    const { questions } = shared;
    const ask = (name: string) =>
      createHost(shared, "tools", name).requestPermission({ title: "Write", key: "write" });
    const asked = ask("a");
    await expect.poll(() => questions.current?.question.title).toBe("Write");
    questions.answer(questions.current?.id ?? 0, { type: "session" });
    expect(await asked).toEqual({ allowed: true });
    expect(await ask("a")).toEqual({ allowed: true });
    const other = ask("c");
    await expect.poll(() => questions.current?.from).toBe("c");
    questions.answer(questions.current?.id ?? 0, { type: "no" });
    expect(await other).toEqual({ allowed: false });
  });

  it("takes a question back when the app ends", async () => {
    const end = new AbortController();
    const shared = surroundings({ signal: end.signal });
    const asked = createHost(shared, "tools", "a").requestPermission({ title: "Write", key: "write" });
    await expect.poll(() => shared.questions.size).toBe(1);
    end.abort();
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    expect(shared.questions.size).toBe(0);
  });

  it("may do everything where the person said so beforehand", async () => {
    const shared = surroundings({ allowsAll: true, questions: new PermissionQueue() });
    expect(
      await createHost(shared, "tools", "a").requestPermission({ title: "Write", key: "write" }),
    ).toEqual({
      allowed: true,
    });
  });

  it("tells its warnings with its name", () => {
    const shared = surroundings();
    createHost(shared, "tools", "a").onWarning("It is late.");
    const told: unknown[] = [];
    shared.notices.listen((notice) => told.push(notice));
    expect(told).toEqual([{ from: "a", warning: "It is late." }]);
  });
});
