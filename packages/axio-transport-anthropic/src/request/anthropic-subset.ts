import { STRICT_SUBSET, type StrictSubset } from "axio/internal";

/** The part of JSON Schema that the API enforces, for tools with `strict` and for structured output. */
export const ANTHROPIC_SUBSET: StrictSubset = {
  ...STRICT_SUBSET,
  keywords: [
    "title",
    "description",
    "default",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "anyOf",
    "enum",
    "const",
    "pattern",
    "format",
    "minItems",
  ],
  formats: ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"],
  optionalProperties: true,
  maxMinItems: 1,
  // Look-around, named groups, references to groups, boundaries of words, classes of Unicode.
  unsupportedPattern: "\\(\\?(?!:)|\\\\[1-9kbBpP]",
};
