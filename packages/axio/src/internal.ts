export { errorCode, errorText, toAxioError } from "./error-text.ts";
export { withoutUndefined } from "./json.ts";
