import { inspect } from "node:util";
import { AxioError, abortedError, throwIfAborted } from "axio";
import { describe, expect, expectTypeOf, it, vi } from "vitest";

describe("AxioError", () => {
  it("has a code, a cause, and whether to retry", () => {
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

  it("has no property for what is unknown", () => {
    const error = new AxioError("server", "Down.");
    expect(error.retryable).toBe(false);
    expect("retryAfterMs" in error).toBe(false);
    expect("cause" in error).toBe(false);
    expect(inspect(error)).not.toContain("undefined");
  });

  it("is recognized by its brand, also from another copy of the package, and by its code", async () => {
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

  it("narrows its details by code", () => {
    const error: unknown = new AxioError("usage-limit", "Used up.", {
      details: { resetsAt: 5, status: 429 },
    });
    if (!AxioError.is(error, "usage-limit")) throw new Error("The code is not recognized.");
    expectTypeOf(error.code).toEqualTypeOf<"usage-limit">();
    expectTypeOf(error.details).toHaveProperty("resetsAt");
    expectTypeOf(error.details).toHaveProperty("status");
    expectTypeOf(error.details).not.toHaveProperty("models");
    expect(error.details.resetsAt).toBe(5);
  });

  it("converts to JSON with its message, and without its cause", () => {
    const options = {
      cause: new Error("secret"),
      retryable: true,
      retryAfterMs: 5,
      details: { status: 503 },
    };
    expect(JSON.parse(JSON.stringify({ error: new AxioError("server", "Down.", options) }))).toEqual({
      error: {
        name: "AxioError",
        code: "server",
        message: "Down.",
        retryable: true,
        retryAfterMs: 5,
        details: { status: 503 },
      },
    });
  });

  it("has the reason of a signal as its cause", () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    expect(abortedError(signal)).toMatchObject({ code: "aborted", cause: reason });
    expect(() => throwIfAborted(signal)).toThrow("aborted");
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});
