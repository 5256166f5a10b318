import { expect, test } from "vitest";
import { assertSecureUrl } from "../src/index.ts";

test.each([
  ["https://chatgpt.com/backend-api/codex"],
  ["https://192.168.0.1:8443/"],
  ["http://localhost:1455/"],
  ["http://127.0.0.1/"],
  ["http://127.8.9.10:80/"],
  ["http://127.1/"],
  ["http://[::1]:8080/"],
])("%s is secure", (url) => {
  expect(assertSecureUrl(url, "baseUrl").href).toBe(new URL(url).href);
  expect(assertSecureUrl(new URL(url), "baseUrl").href).toBe(new URL(url).href);
});

test.each([
  ["http://chatgpt.com/"],
  ["http://127.0.0.1.evil.example/"],
  ["http://localhost.evil.example/"],
  ["http://evil.example/?localhost"],
  ["http://192.168.0.1/"],
  ["http://[::2]/"],
  ["http://0.0.0.0/"],
  ["ws://localhost/"],
  ["ftp://localhost/"],
  ["file:///etc/passwd"],
  ["data:text/plain,hello"],
])("%s is not, and the message names the remedy", (url) => {
  expect(() => assertSecureUrl(url, "baseUrl")).toThrow(
    /^baseUrl must begin with https:\/\/ .*because a token is sent to it/,
  );
});

test.each([["https://user:hush@example.com/"], ["https://hush@example.com/"], ["http://:hush@localhost/"]])(
  "credentials in the address are refused, and not shown: %s",
  (url) => {
    expect(() => assertSecureUrl(url, "baseUrl")).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
    expect(() => assertSecureUrl(url, "baseUrl")).not.toThrow(/hush/);
  },
);

test.each([[""], ["chatgpt.com"], ["https://"], ["//example.com/hush"]])("%j is not a URL", (url) => {
  expect(() => assertSecureUrl(url, "baseUrl")).toThrow(/^baseUrl is not a URL/);
});
