import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, defineTool, userMessage } from "axio";
import { describe, expect, onTestFinished, test } from "vitest";
import { CODEX_CREDENTIAL_FORMAT, FileCredentialStore } from "../src/index.ts";
import { asking, collect, failureOf, requestsTo, simulate, textOf, transportTo } from "./support.ts";

const lookup = defineTool({
  name: "lookup",
  description: "Looks up.",
  inputSchema: { type: "object", properties: {} },
  execute: () => "found",
});

describe("a response of another form is an error that says what came", () => {
  const cases = [
    ["html_page", "protocol", "text/html"],
    ["json_body", "protocol", "application/json"],
    ["no_content", "protocol", "204"],
    ["redirect_elsewhere", "protocol", "127.0.0.1:9"],
    ["cloudflare_challenge", "blocked", "Cloudflare"],
    ["unsupported_country", "unsupported-country", "country"],
    ["context_length", "context-length", "Compact"],
    ["unsupported_parameter", "unsupported-parameter", "temperature"],
    ["invalid_image", "invalid-request", "valid image"],
    ["cyber_policy", "content-policy", "Reword"],
    ["usage_not_included", "not-entitled", "plan"],
    ["deactivated_workspace", "forbidden", "workspace"],
    ["invalid_workspace_selected", "account-mismatch", "workspace"],
  ] as const;

  test.each(cases)("%s is %s", async (fault, code, words) => {
    const simulator = await simulate();
    simulator.faults.add(fault);
    const error = await failureOf(collect(transportTo(simulator).stream(asking("say Hi"))));
    expect([error.code, error.retryable]).toEqual([code, false]);
    expect(error.message).toContain(words);
    expect(requestsTo(simulator, "/responses")).toHaveLength(1);
  });

  test("an empty event stream is truncated", async () => {
    const simulator = await simulate();
    simulator.faults.add("empty_stream");
    const transport = transportTo(simulator, { retry: { maxRetries: 0 } });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect(error.code).toBe("stream-truncated");
  });

  test("a rejected parameter is named for programs", async () => {
    const simulator = await simulate();
    simulator.faults.add("unsupported_parameter");
    const error = await failureOf(collect(transportTo(simulator).stream(asking("say Hi"))));
    expect(error.details.parameter).toBe("temperature");
  });
});

describe("streams of an unusual shape have the same content", () => {
  const shapes = [
    "keepalive",
    "unknown_event",
    "unknown_item",
    "metadata_first",
    "non_object_json",
    "done_marker",
    "empty_data",
    "empty_output",
    "no_usage",
    "sparse_usage",
    "sparse_response",
    "minimal",
    "no_deltas",
    "no_created",
    "no_added",
    "no_indexes",
    "no_item_ids",
    "duplicate_completed",
    "completed_then_stall",
    "completed_then_reset",
    "done_event",
    "huge_event",
    "crlf",
  ];

  test.each(shapes)("%s", async (shape) => {
    const simulator = await simulate();
    simulator.faults.add(shape);
    const { text } = await new Agent({ transport: transportTo(simulator, { retry: { maxRetries: 0 } }) }).run(
      "think hm\nsay Grüße, 世界 👋",
    );
    expect(text).toBe("Grüße, 世界 👋");
  });
});

test("an event that is not JSON costs a retry, and no text", async () => {
  const simulator = await simulate();
  simulator.faults.add("garbage_json");
  expect(await textOf(transportTo(simulator).stream(asking("say Hello world")))).toBe("Hello world");
  expect(requestsTo(simulator, "/responses")).toHaveLength(2);
});

test("the error for a model that the account does not have names those that it has", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model: "gpt-3" });
  const error = await failureOf(collect(transport.stream(asking("say Hi"))));
  expect(error.code).toBe("model-not-supported");
  expect(error.details.models).toContain("gpt-5.5");
  expect(error.message).toContain("gpt-5.5");
  expect(error.message).toContain("'gpt-3' model is not supported");
});

test("if the list is not available either, the error is that of the backend", async () => {
  const simulator = await simulate();
  simulator.faults.add("server_error", { target: "models" });
  const error = await failureOf(collect(transportTo(simulator, { model: "gpt-3" }).stream(asking("say Hi"))));
  expect(error.code).toBe("model-not-supported");
  expect(error.details.models).toBeUndefined();
});

test("an image of an unknown type is rejected before it is sent", async () => {
  const simulator = await simulate();
  const picture = {
    type: "image",
    mediaType: "image/x-photoshop",
    source: { kind: "base64", data: "AAAA" },
  } as const;
  const stream = transportTo(simulator).stream(asking("", { messages: [userMessage([picture])] }));
  const error = await failureOf(collect(stream));
  expect([error.code, error.message]).toEqual([
    "unsupported-content",
    expect.stringContaining("image/x-photoshop"),
  ]);
  expect(simulator.requests).toHaveLength(0);
});

test("the agent rejects two tools with the same name", async () => {
  const simulator = await simulate();
  const error = await failureOf(
    () => new Agent({ transport: transportTo(simulator), tools: [lookup, lookup] }),
  );
  expect([error.code, error.message]).toEqual(["invalid-argument", expect.stringContaining("lookup")]);
});

test("the error for a malformed credentials file names it, and the file stays as it is", async () => {
  const simulator = await simulate();
  const folder = await mkdtemp(join(tmpdir(), "axio-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "codex.json");
  await writeFile(path, '{"accessToken": "half');
  const transport = transportTo(simulator, {
    credentials: new FileCredentialStore({ path, format: CODEX_CREDENTIAL_FORMAT }),
  });
  const error = await failureOf(collect(transport.stream(asking("say Hi"))));
  expect(error.code).toBe("credentials-malformed");
  expect(error.message).toContain(path);
  expect(await readFile(path, "utf8")).toBe('{"accessToken": "half');
});
