import type { RecordedRequest } from "../http/recorded-request.ts";
import { isObject, parseJson } from "../json.ts";

/** Reads the parameters of a form, or the strings of a JSON object. */
export function readParameters(request: RecordedRequest): Record<string, string> | undefined {
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(request.body));
  }
  const value = type.startsWith("application/json") ? parseJson(request.body) : undefined;
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
