import { type Block, userMessage } from "axio";
import { expect, test } from "vitest";
import { buildRequestBody } from "../src/index.ts";

const MEGABYTES_30 = "A".repeat(40_000_000);
const PNG_30 = `iVBORw0KGgo${"A".repeat(39_999_989)}`;
const base64 = (data: string) => ({ kind: "base64", data }) as const;

function send(...content: readonly Block[]) {
  return buildRequestBody({ model: "m", system: "s", messages: [userMessage(content)], tools: [] }).input;
}

test.each<[string, Block, RegExp]>([
  [
    "an image of 30 MB",
    { type: "image", mediaType: "image/png", source: base64(PNG_30) },
    /28\.6 MiB, and the limit is 15 MiB\. .* smaller/,
  ],
  ["an empty image", { type: "image", mediaType: "image/png", source: base64("") }, /^An image is empty/],
  [
    "an empty file",
    { type: "file", mediaType: "application/pdf", source: base64(""), name: "a.pdf" },
    /"a\.pdf" is empty\. Omit it/,
  ],
  [
    "an empty URL",
    { type: "file", mediaType: "application/pdf", source: { kind: "url", url: "" } },
    /is empty/,
  ],
  [
    "a file of 60 MB",
    {
      type: "file",
      mediaType: "application/pdf",
      source: base64(MEGABYTES_30 + MEGABYTES_30),
      name: "a.pdf",
    },
    /the limit is 50 MiB/,
  ],
])("rejects %s before it is sent, and says what to do", (_what, block, message) => {
  const refusal = expect.objectContaining({
    code: "unsupported-content",
    message: expect.stringMatching(message),
  });
  expect(() => send(block)).toThrow(refusal);
  if (block.type !== "image" && block.type !== "file") return;
  const [item] = send({ type: "tool-result", toolCallId: "c", content: [block] });
  expect(item).toMatchObject({
    content: [
      { type: "input_text" },
      { type: "input_text", text: expect.stringMatching(/was left out here/) },
    ],
  });
});

test("sends a file of 30 MB", () => {
  expect(send({ type: "file", mediaType: "application/pdf", source: base64(MEGABYTES_30) })).toHaveLength(1);
});

test("sends audio as a part of its own", () => {
  expect(send({ type: "file", mediaType: "audio/wav", source: base64("AAAA") })).toMatchObject([
    { content: [{ type: "input_audio", audio_url: "data:audio/wav;base64,AAAA" }] },
  ]);
});
