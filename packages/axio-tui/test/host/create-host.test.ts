import { AxioError } from "axio";
import type { RetryNotice } from "axio/plugin";
import { describe, expect, it } from "vitest";
import { createHost, type HostEnvironment } from "../../src/host/create-host.ts";
import { Notices } from "../../src/host/notices.ts";
import { PermissionQueue } from "../../src/host/permission-queue.ts";
import { EMPTY_FOLDER } from "../../src/trust/trusted-folder.ts";
import { memorySettings } from "../support/test-options.ts";

function environment(change: Partial<HostEnvironment> = {}): HostEnvironment {
  const permissions = new PermissionQueue();
  permissions.attend(true);
  return {
    cwd: "/project",
    env: {},
    settings: memorySettings({ pluginSettings: { "tools/a": { depth: 3 }, "providers/b": { url: "x" } } }),
    folder: EMPTY_FOLDER,
    permissions,
    notices: new Notices(),
    signal: new AbortController().signal,
    allowsAll: false,
    ...change,
  };
}

describe("the host of a plugin", () => {
  it("has the current settings of that plugin only", async () => {
    const shared = environment();
    const host = createHost(shared, "tools", "a");
    expect(host.settings).toEqual({ depth: 3 });
    expect(createHost(shared, "guards", "a").settings).toEqual({});
    await shared.settings.update((settings) => ({
      ...settings,
      pluginSettings: { "tools/a": { depth: 4 } },
    }));
    expect(host.settings).toEqual({ depth: 4 });
  });

  it("passes retries to the app", () => {
    const shared = environment();
    const retries: RetryNotice[] = [];
    shared.notices.listenForRetries((retry) => retries.push(retry));
    const error = new AxioError("network", "There is no network.");
    const retry = { attempt: 1, maxRetries: 3, delayMs: 250, error };
    createHost(shared, "providers", "b").onRetry?.(retry);
    expect(retries).toEqual([retry]);
  });

  it("asks the user, and remembers an answer for this plugin only", async () => {
    const shared = environment();
    const { permissions } = shared;
    const ask = (name: string) =>
      createHost(shared, "tools", name).requestPermission({ title: "Write", key: "write" });
    const asked = ask("a");
    await expect.poll(() => permissions.current?.request.title).toBe("Write");
    permissions.answer(permissions.current?.id ?? 0, { type: "session" });
    expect(await asked).toEqual({ allowed: true });
    expect(await ask("a")).toEqual({ allowed: true });
    const other = ask("c");
    await expect.poll(() => permissions.current?.from).toBe("c");
    permissions.answer(permissions.current?.id ?? 0, { type: "no" });
    expect(await other).toEqual({ allowed: false });
  });

  it("withdraws a request when the app ends", async () => {
    const end = new AbortController();
    const shared = environment({ signal: end.signal });
    const asked = createHost(shared, "tools", "a").requestPermission({ title: "Write", key: "write" });
    await expect.poll(() => shared.permissions.size).toBe(1);
    end.abort();
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    expect(shared.permissions.size).toBe(0);
  });

  it("allows everything if the user said so on the command line", async () => {
    const shared = environment({ allowsAll: true, permissions: new PermissionQueue() });
    expect(
      await createHost(shared, "tools", "a").requestPermission({ title: "Write", key: "write" }),
    ).toEqual({
      allowed: true,
    });
  });

  it("adds the name of the plugin to its warnings", () => {
    const shared = environment();
    createHost(shared, "tools", "a").onWarning("It is late.");
    const heard: unknown[] = [];
    shared.notices.listen((notice) => heard.push(notice));
    expect(heard).toEqual([{ from: "a", warning: "It is late." }]);
  });
});
