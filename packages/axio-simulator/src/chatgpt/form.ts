import type { RecordedRequest } from "../recorded-request.ts";

/** The members of a form; `undefined` where the body is none, or names one member twice. */
export function readForm(request: RecordedRequest): Readonly<Record<string, string>> | undefined {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) return undefined;
  const form = new URLSearchParams(request.body);
  return new Set(form.keys()).size === [...form.keys()].length ? Object.fromEntries(form) : undefined;
}
