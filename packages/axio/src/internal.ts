export { errorCode, errorText, toAxioError } from "./error-text.ts";
export { withoutUndefined } from "./json.ts";
export { mapSubschemas } from "./schema/keywords.ts";
export { definitionName, readDocument } from "./schema/schema-document.ts";
export {
  OUTPUT_OWNER,
  type SentSchema,
  strictWarnings,
  toolOwner,
  toSentSchema,
} from "./schema/sent-schema.ts";
export { STRICT_SUBSET, type StrictSubset } from "./schema/strict-subset.ts";
