import type { LoginProgress } from "axio/plugin";
import { MemoryCredentialStore } from "axio-auth";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Credentials, login } from "../src/index.ts";
import { type DeviceCode, requestDeviceCode, waitForDevice } from "../src/oauth/device-code.ts";
import { failureOf, requestsTo, simulate } from "./support.ts";

const EVERY_SECOND = { deviceIntervalSeconds: 1 };

describe("with a device code", () => {
  test("signs in when the user approves the shown code", async () => {
    const simulator = await simulate(EVERY_SECOND);
    const store = new MemoryCredentialStore<Credentials>();
    const progress: LoginProgress[] = [];
    const credentials = await login({
      store,
      issuer: simulator.issuer,
      method: "device",
      timeoutMs: 20_000,
      onProgress: (step) => {
        progress.push(step);
        if (step.type === "device-code") simulator.decideDevice(step.userCode);
      },
    });
    expect(await store.load()).toEqual(credentials);
    expect(credentials.email).toBe("robin@example.test");
    expect(progress).toEqual([
      {
        type: "device-code",
        userCode: expect.stringMatching(/^\w{4}-\w{5}$/),
        verificationUrl: `${simulator.issuer}/codex/device`,
        expiresAt: expect.any(Number),
      },
      { type: "exchanging", method: "device" },
    ]);
  });

  test("throws login-denied if the user declines", async () => {
    const simulator = await simulate(EVERY_SECOND);
    const error = await failureOf(
      login({
        store: new MemoryCredentialStore(),
        issuer: simulator.issuer,
        method: "device",
        timeoutMs: 20_000,
        onProgress: (step) => {
          if (step.type === "device-code") simulator.decideDevice(step.userCode, "deny");
        },
      }),
    );
    expect(error.code).toBe("login-denied");
  });

  test("names other methods if device codes are not enabled", async () => {
    const simulator = await simulate();
    simulator.faults.add("not_found", { target: "device" });
    const error = await failureOf(requestDeviceCode({ issuer: simulator.issuer }));
    expect(error.code).toBe("login-failed");
    expect(error.message).toContain("browser");
  });
});

describe("waiting for the other device", () => {
  async function started(simulator: { readonly issuer: string }): Promise<DeviceCode> {
    // Polls without the interval of the simulator.
    return { ...(await requestDeviceCode({ issuer: simulator.issuer })), intervalMs: 1 };
  }

  test("polls until the user approves", async () => {
    const simulator = await simulate();
    const device = await started(simulator);
    let polls = 0;
    const { redirectUri, verifier } = await waitForDevice(device, {
      issuer: simulator.issuer,
      fetch: (input, init) => {
        polls += 1;
        if (polls === 3) simulator.decideDevice(device.userCode);
        return fetch(input, init);
      },
    });
    expect([polls, redirectUri]).toEqual([3, `${simulator.issuer}/deviceauth/callback`]);
    expect(verifier.length).toBeGreaterThan(42);
  });

  test.each(["unavailable", "server_error", "rate_limit_silent", "reset_before_headers"])(
    "continues after a transient failure (%s)",
    async (fault) => {
      const simulator = await simulate();
      const device = await started(simulator);
      simulator.faults.add(fault, { target: "device", times: 2 });
      simulator.decideDevice(device.userCode);
      await expect(waitForDevice(device, { issuer: simulator.issuer })).resolves.toMatchObject({
        code: expect.any(String),
      });
      expect(requestsTo(simulator, "/deviceauth/token")).toHaveLength(3);
    },
  );

  test.each([
    ["authorization_pending", 400],
    ["authorization_pending", 428],
    ["deviceauth_authorization_pending", 403],
    ["authorization_pending", 401],
  ])("continues while the server says %s (%i)", async (error, status) => {
    const simulator = await simulate();
    const device = await started(simulator);
    simulator.decideDevice(device.userCode);
    let polls = 0;
    const fetchPending: typeof fetch = (input, init) => {
      polls += 1;
      return polls < 3 ? Promise.resolve(Response.json({ error }, { status })) : fetch(input, init);
    };
    await waitForDevice(device, { issuer: simulator.issuer, fetch: fetchPending });
    expect(polls).toBe(3);
  });

  test.each([400, 403, 429])("waits five seconds longer from each slow_down on (%i)", async (status) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const device: DeviceCode = {
      userCode: "A",
      verificationUrl: "https://auth.test/",
      deviceAuthId: "x",
      intervalMs: 1_000,
      expiresAt: Date.now() + 900_000,
    };
    let polls = 0;
    const answer: typeof fetch = async () => {
      polls += 1;
      return polls < 3
        ? Response.json({ error: "slow_down" }, { status })
        : Response.json({ authorization_code: "c", code_verifier: "v" });
    };
    const waiting = waitForDevice(device, { issuer: "https://auth.test", fetch: answer });
    for (const [ms, expected] of [
      [1_000, 1],
      [5_900, 1],
      [100, 2],
      [10_900, 2],
      [100, 3],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms);
      expect(polls).toBe(expected);
    }
    await expect(waiting).resolves.toMatchObject({ code: "c" });
  });

  test("throws login-timeout when the code has expired by the local clock or the server", async () => {
    const simulator = await simulate();
    const device = await started(simulator);
    const byClock = waitForDevice(device, { issuer: simulator.issuer, now: () => device.expiresAt });
    expect((await failureOf(byClock)).code).toBe("login-timeout");
    simulator.decideDevice(device.userCode);
    await waitForDevice(device, { issuer: simulator.issuer });
    const collected = waitForDevice(device, { issuer: simulator.issuer });
    expect((await failureOf(collected)).code).toBe("login-timeout");
  });

  test("throws a permanent error of the server", async () => {
    const simulator = await simulate();
    const device = await started(simulator);
    simulator.faults.add("unsupported_country", { target: "device" });
    const error = await failureOf(waitForDevice(device, { issuer: simulator.issuer }));
    expect(error.code).toBe("unsupported-country");
  });

  test("shows no secret in errors", async () => {
    const simulator = await simulate();
    const device = await started(simulator);
    simulator.faults.add("token_garbage", { target: "device" });
    const error = await failureOf(waitForDevice(device, { issuer: simulator.issuer }));
    expect(error.code).toBe("protocol");
    expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain(
      device.deviceAuthId,
    );
  });
});
