import { setImmediate as nextTick } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Attempt, FatalError, Mutex, raceAttempts } from "../src/login/race.ts";

/** Waits for the signal, and ends a moment later. */
function lingering(log: string[], name: string): Attempt<never> {
  return (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        void nextTick().then(() => {
          log.push(`${name} has ended`);
          reject(signal.reason);
        });
      });
    });
}

const never = new AbortController().signal;

describe("raceAttempts", () => {
  test("returns the first result once the other attempts have ended", async () => {
    const log: string[] = [];
    const result = await raceAttempts([lingering(log, "slow"), async () => "fast"], never);
    expect([result, log]).toEqual(["fast", ["slow has ended"]]);
  });

  test("waits for the other attempts after a failure", async () => {
    const failing = async (): Promise<never> => {
      throw new Error("no");
    };
    const late = async (): Promise<string> => {
      await nextTick();
      return "late";
    };
    await expect(raceAttempts([failing, late], never)).resolves.toBe("late");
  });

  test("throws the first error if all attempts fail", async () => {
    const failing = (name: string) => async (): Promise<never> => {
      throw new Error(name);
    };
    await expect(raceAttempts([failing("first"), failing("second")], never)).rejects.toThrow("first");
  });

  test("ends with the cause of a FatalError", async () => {
    const log: string[] = [];
    const denied = async (): Promise<never> => {
      throw new FatalError(new Error("denied"));
    };
    await expect(raceAttempts([lingering(log, "slow"), denied], never)).rejects.toThrow("denied");
    expect(log).toEqual(["slow has ended"]);
  });

  test.each([["before"], ["during"]])("aborts all attempts if the signal fires %s the race", async (when) => {
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

describe("Mutex", () => {
  test("runs one task at a time, the next only after a failure", async () => {
    const mutex = new Mutex();
    const log: string[] = [];
    const first = mutex.run(async () => {
      log.push("first");
      await nextTick();
      log.push("first failed");
      throw new Error("no");
    });
    const second = mutex.run(async () => {
      log.push("second");
      return "done";
    });
    await expect(first).rejects.toThrow("no");
    await expect(second).resolves.toBe("done");
    expect(log).toEqual(["first", "first failed", "second"]);
  });

  test("runs no task after a success", async () => {
    const mutex = new Mutex();
    let runs = 0;
    const task = async (): Promise<void> => {
      runs += 1;
    };
    await mutex.run(task);
    void mutex.run(task);
    for (let tick = 0; tick < 5; tick += 1) await nextTick();
    expect(runs).toBe(1);
  });
});
