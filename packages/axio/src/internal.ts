export { errorCode, errorText, toAxioError } from "./error-text.ts";
export { withoutUndefined } from "./json.ts";
export { mapSubschemas } from "./schema/keywords.ts";
export { definitionName, readDocument } from "./schema/schema-document.ts";
export { OUTPUT_OWNER, toolOwner } from "./schema/schema-owner.ts";
export { strictWarnings, toSentSchema } from "./schema/sent-schema.ts";
export { STRICT_SUBSET } from "./schema/strict-subset.ts";
