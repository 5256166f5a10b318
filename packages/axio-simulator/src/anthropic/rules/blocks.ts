import { isObject } from "../../json.ts";
import {
  anyObject,
  boolean,
  type Check,
  listOf,
  nullable,
  number,
  oneOf,
  shape,
  tagged,
  text,
  textOr,
} from "./check.ts";
import { SERVER_TOOL_NAMES, serverResults } from "./server-results.ts";

const TEXT = text();
const ID = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const TOOL_NAME = text({ min: 1, max: 200 });

/** A mark of the prompt cache. */
export const cacheControl: Check = nullable((value, path) =>
  tagged({ ephemeral: shape({}, { ttl: oneOf("5m", "1h") }) })(value, path),
);

const MARK = { cache_control: cacheControl };
const CALLER = { caller: anyObject };
const CITATIONS = nullable(shape({}, { enabled: boolean }));

/** The first bytes of each image format, in hexadecimal. */
const SIGNATURES: Readonly<Record<string, RegExp>> = {
  "image/png": /^89504e470d0a1a0a/,
  "image/jpeg": /^ffd8ff/,
  "image/gif": /^474946383[79]61/,
  "image/webp": /^52494646.{8}57454250/,
};
/** Base64 of 5 MB. */
const MAX_IMAGE = 5 * 1024 * 1024;

const IMAGE_SOURCE = tagged({
  base64: (value, path) =>
    shape({ media_type: oneOf(...Object.keys(SIGNATURES)), data: base64(MAX_IMAGE) })(value, path) ??
    checkImageBytes(value, path),
  url: shape({ url: text({ pattern: /^https?:\/\/\S+$/ }) }),
  file: shape({ file_id: TEXT }),
});

function base64(max: number): Check {
  return (value, path) => {
    if (typeof value !== "string") return `${path}: Input should be a valid string`;
    if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value))
      return `${path}: Invalid base64 data`;
    return value.length > max
      ? `${path}: image exceeds 5 MB maximum: ${value.length} bytes > ${max} bytes`
      : undefined;
  };
}

function checkImageBytes(value: unknown, path: string): string | undefined {
  if (!isObject(value)) return undefined;
  const type = String(value["media_type"]);
  const start = Buffer.from(String(value["data"]).slice(0, 32), "base64").toString("hex");
  if (SIGNATURES[type]?.test(start)) return undefined;
  const actual = Object.entries(SIGNATURES).find(([, signature]) => signature.test(start))?.[0];
  return actual === undefined
    ? `${path}: Could not process image`
    : `${path}.media_type: Image does not match the provided media type ${type}`;
}

const TEXT_BLOCK = shape({ text: text({ min: 1 }) }, { ...MARK, citations: nullable(listOf(anyObject)) });
const textBlock: Check = (value, path) =>
  isObject(value) && value["text"] === ""
    ? `${path.replace(/\.\d+\.text$/, "")}: text content blocks must be non-empty`
    : TEXT_BLOCK(value, path);
const image = shape({ source: IMAGE_SOURCE }, { ...MARK, transformations: nullable(anyObject) });
const DOCUMENT_SOURCE = tagged({
  base64: shape({ media_type: oneOf("application/pdf"), data: base64(32 * 1024 * 1024) }),
  text: shape({ media_type: oneOf("text/plain"), data: TEXT }),
  content: shape({ content: textOr(listOf(tagged({ text: textBlock, image }))) }),
  url: shape({ url: text({ pattern: /^https?:\/\/\S+$/ }) }),
  file: shape({ file_id: TEXT }),
});
const document = shape(
  { source: DOCUMENT_SOURCE },
  { ...MARK, citations: CITATIONS, context: nullable(TEXT), title: nullable(TEXT) },
);
const searchResult = shape(
  { content: listOf(tagged({ text: textBlock })), source: TEXT, title: TEXT },
  { ...MARK, citations: CITATIONS },
);
const RESULT_BLOCKS = tagged({
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  tool_reference: shape({ tool_name: TOOL_NAME }, MARK),
  browser_state: anyObject,
});

const toolResult: Check = shape(
  { tool_use_id: ID },
  { ...MARK, content: textOr(listOf(RESULT_BLOCKS)), is_error: boolean, toolset_name: nullable(TEXT) },
);

/** The blocks of a message of the user. */
export const userBlock: Check = tagged({
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  tool_result: toolResult,
  container_upload: shape({ file_id: TEXT }, MARK),
});

/** The blocks of a message of the assistant. */
export const assistantBlock: Check = tagged({
  text: textBlock,
  thinking: shape({ thinking: TEXT, signature: TEXT }),
  redacted_thinking: shape({ data: TEXT }),
  tool_use: shape(
    { id: ID, name: TOOL_NAME, input: anyObject },
    { ...MARK, ...CALLER, toolset_name: nullable(TEXT) },
  ),
  server_tool_use: shape(
    {
      id: text({ pattern: /^srvtoolu_[a-zA-Z0-9_]+$/ }),
      name: oneOf(...SERVER_TOOL_NAMES),
      input: anyObject,
    },
    { ...MARK, ...CALLER },
  ),
  mcp_tool_use: shape({ id: ID, name: TOOL_NAME, server_name: TEXT, input: anyObject }, MARK),
  mcp_tool_result: shape(
    { tool_use_id: ID },
    { ...MARK, content: textOr(listOf(tagged({ text: textBlock }))), is_error: boolean },
  ),
  ...serverResults(ID, { ...MARK, ...CALLER }),
  container_upload: shape({ file_id: TEXT }, MARK),
  compaction: anyObject,
  fallback: anyObject,
  mcp_tool_listing: anyObject,
});

/** The blocks of the system prompt. */
export const systemBlock: Check = tagged({ text: textBlock });

/** A count of tokens. */
export const tokens: Check = number(0, Number.MAX_SAFE_INTEGER, true);
