import { describe, expect, test } from "vitest";
import { networkError } from "../src/network-error.ts";

const URL_WITH_QUERY = "https://example.com/path?secret=hush";

/** An error with members that runtimes add. */
function failure(message: string, members: object = {}, type: ErrorConstructor = Error): Error {
  return Object.assign(new type(message), members);
}

const fetchFailed = (cause: Error): Error => new TypeError("fetch failed", { cause });
const nested = (cause: Error): Error => new Error("request failed", { cause: fetchFailed(cause) });

type Expected = readonly [code: string, retryable: boolean, connected?: false];
const BROKEN: Expected = ["network", true];
const UNREACHABLE: Expected = ["network", true, false];
const REJECTED: Expected = ["network", false, false];
const TIMEOUT: Expected = ["response-timeout", true];
const UNEXPECTED: Expected = ["unexpected", false];

describe.each<[runtime: string, shapes: readonly (readonly [string, Error | string, Expected])[]]>([
  [
    "Node",
    [
      ["refused", fetchFailed(failure("connect", { code: "ECONNREFUSED", syscall: "connect" })), UNREACHABLE],
      [
        "not resolved",
        fetchFailed(failure("getaddrinfo", { code: "ENOTFOUND", syscall: "getaddrinfo" })),
        UNREACHABLE,
      ],
      ["resolver down", nested(failure("getaddrinfo", { code: "EAI_AGAIN" })), UNREACHABLE],
      [
        "several addresses",
        fetchFailed(new AggregateError([failure("", { code: "ENETUNREACH" })])),
        UNREACHABLE,
      ],
      ["reset", fetchFailed(failure("read ECONNRESET", { code: "ECONNRESET", syscall: "read" })), BROKEN],
      [
        "forbidden by a firewall",
        fetchFailed(failure("connect", { code: "EPERM", syscall: "connect" })),
        BROKEN,
      ],
      ["closed", fetchFailed(failure("other side closed", { code: "UND_ERR_SOCKET" })), BROKEN],
      [
        "body cut",
        failure("terminated", { cause: failure("closed", { code: "UND_ERR_SOCKET" }) }, TypeError),
        BROKEN,
      ],
      ["body without a cause", failure("terminated", {}, TypeError), BROKEN],
      ["invalid HTTP", fetchFailed(failure("Parse Error", { code: "HPE_INVALID_CONSTANT" })), BROKEN],
      [
        "damaged compression",
        failure("terminated", { cause: failure("end", { code: "Z_BUF_ERROR" }) }, TypeError),
        BROKEN,
      ],
      ["HTTP/2", fetchFailed(failure("stream", { code: "ERR_HTTP2_STREAM_ERROR" })), BROKEN],
      [
        "connect timeout",
        fetchFailed(failure("", { code: "UND_ERR_CONNECT_TIMEOUT" })),
        ["response-timeout", true, false],
      ],
      ["headers timeout", fetchFailed(failure("", { code: "UND_ERR_HEADERS_TIMEOUT" })), TIMEOUT],
      ["certificate", fetchFailed(failure("", { code: "CERT_HAS_EXPIRED" })), REJECTED],
      ["blocked port", fetchFailed(failure("bad port")), REJECTED],
      ["a timer of the user", new DOMException("timed out", "TimeoutError"), TIMEOUT],
      ["an abort of the user", new DOMException("aborted", "AbortError"), BROKEN],
      [
        "node-fetch",
        failure("request failed, reason: connect", { code: "ECONNREFUSED", errno: "ECONNREFUSED" }),
        UNREACHABLE,
      ],
      ["ws", failure("Invalid WebSocket frame", { code: "WS_ERR_INVALID_OPCODE" }, RangeError), BROKEN],
    ],
  ],
  [
    "Bun",
    [
      [
        "refused",
        failure("Unable to connect. Is the computer able to access the url?", { code: "ConnectionRefused" }),
        UNREACHABLE,
      ],
      [
        "not resolved",
        failure("Was there a typo in the url or port?", { code: "FailedToOpenSocket" }),
        UNREACHABLE,
      ],
      [
        "closed",
        failure("The socket connection was closed unexpectedly.", { code: "ConnectionClosed" }),
        BROKEN,
      ],
      ["closed, without a code", failure("The socket connection was closed unexpectedly."), BROKEN],
      ["reset", failure("reset", { code: "ECONNRESET" }), BROKEN],
      ["certificate", failure("self signed", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), REJECTED],
      ["timeout", new DOMException("The operation timed out.", "TimeoutError"), TIMEOUT],
    ],
  ],
  [
    "Deno",
    [
      [
        "refused",
        failure(
          "error sending request for url (https://x/): client error (Connect): tcp connect error: Connection refused (os error 111)",
          {},
          TypeError,
        ),
        UNREACHABLE,
      ],
      [
        "not resolved",
        failure(
          "error sending request for url (https://x/): client error (Connect): dns error: failed to lookup address information",
          {},
          TypeError,
        ),
        UNREACHABLE,
      ],
      [
        "closed",
        failure(
          "error sending request for url (https://x/): client error (SendRequest): connection closed before message completed",
          {},
          TypeError,
        ),
        BROKEN,
      ],
      ["body cut", failure("error reading a body from connection", {}, TypeError), BROKEN],
      [
        "certificate",
        failure(
          "error sending request for url (https://x/): client error (Connect): invalid peer certificate: UnknownIssuer",
          {},
          TypeError,
        ),
        REJECTED,
      ],
    ],
  ],
  [
    "browsers and others",
    [
      ["Chrome", failure("Failed to fetch", {}, TypeError), BROKEN],
      ["a body in Chrome", failure("network error", {}, TypeError), BROKEN],
      ["Firefox", failure("NetworkError when attempting to fetch resource.", {}, TypeError), BROKEN],
      ["Safari", failure("Load failed", {}, TypeError), BROKEN],
      ["React Native", failure("Network request failed", {}, TypeError), BROKEN],
      ["workerd", failure("Network connection lost."), BROKEN],
    ],
  ],
  [
    "an error of the program",
    [
      ["bundled as ESM", failure('Dynamic require of "node:assert" is not supported'), UNEXPECTED],
      [
        "not installed",
        failure("Cannot find package 'undici' imported from /app/x.js", { code: "ERR_MODULE_NOT_FOUND" }),
        UNEXPECTED,
      ],
      [
        "not installed, CommonJS",
        failure("Cannot find module 'ws'", { code: "MODULE_NOT_FOUND" }),
        UNEXPECTED,
      ],
      [
        "a module that another error wraps",
        fetchFailed(failure('Dynamic require of "net" is not supported')),
        UNEXPECTED,
      ],
      ["TypeError", failure("Cannot read properties of undefined (reading 'x')", {}, TypeError), UNEXPECTED],
      ["TypeError that undici wraps", fetchFailed(failure("x is not a function", {}, TypeError)), UNEXPECTED],
      ["ReferenceError", failure("x is not defined", {}, ReferenceError), UNEXPECTED],
      ["RangeError", failure("Maximum call stack size exceeded", {}, RangeError), UNEXPECTED],
      [
        "another undici",
        fetchFailed(failure("invalid onRequestStart method", { code: "UND_ERR_INVALID_ARG" })),
        UNEXPECTED,
      ],
      [
        "a closed agent",
        fetchFailed(failure("The client is closed", { code: "UND_ERR_CLOSED" })),
        UNEXPECTED,
      ],
      ["an error of the file system", failure("open", { code: "ENOENT", syscall: "open" }), UNEXPECTED],
      ["an error of its own", failure("Quota of the gateway reached"), UNEXPECTED],
      ["a string", "nope", UNEXPECTED],
    ],
  ],
])("%s", (_, shapes) => {
  test.each(shapes)("%s", (__, thrown, [code, retryable, connected]) => {
    const error = networkError(thrown, URL_WITH_QUERY);
    expect({ code: error.code, retryable: error.retryable, connected: error.details.connected }).toEqual({
      code,
      retryable,
      connected,
    });
    expect(error.cause).toBe(thrown);
    expect(error.message).toContain("example.com");
    expect(error.message).not.toContain("hush");
  });
});

test("an error of the program says what to do", () => {
  const missing = networkError(failure('Dynamic require of "node:assert" is not supported'), URL_WITH_QUERY);
  expect(missing.message).toContain("keep undici and ws out of the bundle");
  const own = networkError(
    failure("Failed to parse URL from https://x/?key=hush", {}, TypeError),
    URL_WITH_QUERY,
  );
  expect(own.message).toBe(
    "The request to example.com failed: TypeError: Failed to parse URL from https://x/. " +
      "This is not a failure of the network. Check your fetch, if you pass one; otherwise report it, with its cause.",
  );
});
