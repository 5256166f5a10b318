import { inspect } from "node:util";
import { AxioError, abortedError, throwIfAborted } from "axio";
import { describe, expect, it, vi } from "vitest";

describe("an error", () => {
  it("carries a code, its cause, and whether to retry", () => {
    const cause = new Error("socket closed");
    const error = new AxioError("network", "No connection.", { cause, retryable: true, retryAfterMs: 5 });
    expect(error).toMatchObject({
      name: "AxioError",
      code: "network",
      retryable: true,
      retryAfterMs: 5,
      cause,
    });
    expect(error).toBeInstanceOf(Error);
  });

  it("has no member for what is not known", () => {
    const error = new AxioError("server", "Down.");
    expect(error.retryable).toBe(false);
    expect("retryAfterMs" in error).toBe(false);
    expect("cause" in error).toBe(false);
    expect(inspect(error)).not.toContain("undefined");
  });

  it("is known by its brand, also from another copy of the package, and by its code", async () => {
    vi.resetModules();
    const { AxioError: Other } = await import("axio");
    expect(Other).not.toBe(AxioError);
    const foreign = new Other("aborted", "x");
    expect(AxioError.is(foreign)).toBe(true);
    expect(AxioError.is(foreign, "aborted")).toBe(true);
    expect(AxioError.is(foreign, "network")).toBe(false);
    for (const value of [new Error("x"), { code: "aborted" }, null, undefined, "aborted"])
      expect(AxioError.is(value)).toBe(false);
  });

  it("of a signal has the signal's reason as its cause", () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    expect(abortedError(signal)).toMatchObject({ code: "aborted", cause: reason });
    expect(() => throwIfAborted(signal)).toThrow("cancelled");
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});
