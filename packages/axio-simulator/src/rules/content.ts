import { stringMember } from "../json.ts";
import { refuseFileData, refuseImageUrl } from "./media.ts";
import type { Refusal } from "./refusal.ts";
import {
  anyObject,
  arrayOf,
  type Check,
  emptyArray,
  first,
  invalidType,
  invalidValue,
  missingParameter,
  nullable,
  oneOf,
  shape,
  string,
} from "./shape.ts";

const TEXT = string();
const BREAKPOINT = { prompt_cache_breakpoint: nullable(anyObject) };
const DETAIL = nullable(oneOf(["low", "high", "auto", "original"]));

/** The parts of a user message, and of the output of a tool. */
const INPUT_PARTS: Readonly<Record<string, Check>> = {
  input_text: part({ text: TEXT }, BREAKPOINT),
  input_image: withOneOf(
    ["image_url"],
    part({}, { image_url: nullable(refuseImageUrl), detail: DETAIL, ...BREAKPOINT }),
  ),
  input_file: withOneOf(
    ["file_data", "file_url"],
    part(
      {},
      {
        filename: nullable(TEXT),
        file_data: nullable(refuseFileData),
        file_url: nullable(string({ pattern: /^https?:\/\/\S+$/ })),
        detail: DETAIL,
        ...BREAKPOINT,
      },
    ),
  ),
  input_audio: part({ audio_url: TEXT }),
  encrypted_content: part({ encrypted_content: TEXT }),
};

/** The parts of a message of the assistant. */
const OUTPUT_PARTS: Readonly<Record<string, Check>> = {
  output_text: part({ text: TEXT }, { annotations: arrayOf(anyObject), logprobs: arrayOf(anyObject) }),
  refusal: part({ refusal: TEXT }),
};

export const inputContent: Check = contentOf(INPUT_PARTS);
export const outputContent: Check = contentOf(OUTPUT_PARTS);

/** A part of the type that its name says. */
function part(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return shape({ type: TEXT, ...required }, optional);
}

/** A part that must have one of some members. */
function withOneOf(names: readonly string[], check: Check): Check {
  return (value, path) => {
    const isMissing = names.every((name) => stringMember(value, name) === undefined);
    return check(value, path) ?? (isMissing ? missingParameter(`${path}.${names[0]}`) : undefined);
  };
}

function contentOf(parts: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value === "string") return undefined;
    if (!Array.isArray(value)) return invalidType(value, path, "one of an array of objects or string");
    if (value.length === 0) return emptyArray(path);
    return first(value, (element, index) => checkPart(element, `${path}[${index}]`, parts));
  };
}

function checkPart(
  value: unknown,
  path: string,
  parts: Readonly<Record<string, Check>>,
): Refusal | undefined {
  const type = stringMember(value, "type");
  if (type === undefined) return anyObject(value, path) ?? missingParameter(`${path}.type`);
  const check = Object.hasOwn(parts, type) ? parts[type] : undefined;
  return check === undefined ? invalidValue(type, path, Object.keys(parts)) : check(value, path);
}
