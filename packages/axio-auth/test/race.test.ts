import { setImmediate as nextTick } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Attempt, FatalError, Mutex, raceAttempts } from "../src/login/race.ts";

/** Waits until it is cancelled, takes a moment to clear up, and says so. */
function lingering(log: string[], name: string): Attempt<never> {
  return (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        void nextTick().then(() => {
          log.push(`${name} is gone`);
          reject(signal.reason);
        });
      });
    });
}

const never = new AbortController().signal;

describe("raceContenders", () => {
  test("gives the first result once the others are gone", async () => {
    const log: string[] = [];
    const result = await raceAttempts([lingering(log, "slow"), async () => "fast"], never);
    expect([result, log]).toEqual(["fast", ["slow is gone"]]);
  });

  test("a failure is no end while another is running", async () => {
    const failing = async (): Promise<never> => {
      throw new Error("no");
    };
    const late = async (): Promise<string> => {
      await nextTick();
      return "late";
    };
    await expect(raceAttempts([failing, late], never)).resolves.toBe("late");
  });

  test("where all fail, the first failure is the error", async () => {
    const failing = (name: string) => async (): Promise<never> => {
      throw new Error(name);
    };
    await expect(raceAttempts([failing("first"), failing("second")], never)).rejects.toThrow("first");
  });

  test("a final failure ends it, and is what was wrapped", async () => {
    const log: string[] = [];
    const denied = async (): Promise<never> => {
      throw new FatalError(new Error("denied"));
    };
    await expect(raceAttempts([lingering(log, "slow"), denied], never)).rejects.toThrow("denied");
    expect(log).toEqual(["slow is gone"]);
  });

  test.each([["before"], ["during"]])("a signal that fires %s it cancels all", async (when) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    if (when === "before") controller.abort(reason);
    const waiting: Attempt<never> = (signal) =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const race = raceAttempts([waiting, waiting], controller.signal);
    controller.abort(reason);
    await expect(race).rejects.toBe(reason);
  });
});

describe("Turnstile", () => {
  test("lets one at a time through, the next only after a failure", async () => {
    const turnstile = new Mutex();
    const log: string[] = [];
    const first = turnstile.run(async () => {
      log.push("first");
      await nextTick();
      log.push("first failed");
      throw new Error("no");
    });
    const second = turnstile.run(async () => {
      log.push("second");
      return "done";
    });
    await expect(first).rejects.toThrow("no");
    await expect(second).resolves.toBe("done");
    expect(log).toEqual(["first", "first failed", "second"]);
  });

  test("after a success nobody gets through", async () => {
    const turnstile = new Mutex();
    let runs = 0;
    const task = async (): Promise<void> => {
      runs += 1;
    };
    await turnstile.run(task);
    void turnstile.run(task);
    for (let tick = 0; tick < 5; tick += 1) await nextTick();
    expect(runs).toBe(1);
  });
});
