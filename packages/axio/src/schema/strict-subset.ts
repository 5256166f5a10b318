/** The part of JSON Schema that a service can enforce. */
export interface StrictSubset {
  readonly keywords: readonly string[];
  readonly formats: readonly string[];
  /** Whether properties may be optional. Default: `false`. */
  readonly optionalProperties?: boolean | undefined;
  /** The largest `minItems`. Default: any. */
  readonly maxMinItems?: number | undefined;
  /** Finds in a `pattern` what the service does not support. A regular expression. */
  readonly unsupportedPattern: string;
  /** The deepest nesting of objects and arrays. */
  readonly maxLevels: number;
  /** The most properties of all objects together. */
  readonly maxProperties: number;
  /** The most values of all `enum` together. */
  readonly maxEnumValues: number;
  /** The longest total of all names of properties and definitions, and all values of `enum` and `const`, in characters. */
  readonly maxNameLength: number;
  /** An `enum` with more than `values` values must not be longer than `length` characters. */
  readonly largeEnum: { readonly values: number; readonly length: number };
}

/**
 * The subset that OpenAI documents ("Structured model outputs", supported schemas), and other services took over. In addition,
 * each object lists its properties and allows no others, and requires all of them unless `optionalProperties` is `true`.
 */
export const STRICT_SUBSET: StrictSubset = {
  keywords: [
    "title",
    "description",
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
    "multipleOf",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
  ],
  formats: ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"],
  // Look-around, groups other than `(?:…)`, references to groups.
  unsupportedPattern: "\\(\\?<?[=!]|(?<!\\\\)\\(\\?[^:]|\\\\[1-9k]",
  maxLevels: 10,
  maxProperties: 5000,
  maxEnumValues: 1000,
  maxNameLength: 120_000,
  largeEnum: { values: 250, length: 15_000 },
};
