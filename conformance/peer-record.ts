import type { RecordedRequest } from "../packages/axio-simulator/src/index.ts";

/** The requests of one peer, reduced to names and to values that are not secret and do not change between runs. */
export interface PeerRecord {
  readonly peer: string;
  readonly requests: Readonly<Record<string, RequestRecord>>;
}

/** One request without secret and changing values. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** The names of headers, query parameters and body members, each with its reduced value. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Headers that the HTTP library writes, not the client itself. */
const LIBRARY_HEADERS = new Set([
  "host",
  "content-length",
  "connection",
  "upgrade",
  "accept-encoding",
  "accept-language",
  "sec-fetch-mode",
]);

/** Reduces a request to its record. */
export function recordRequest(request: RecordedRequest): RequestRecord {
  // A message has no headers of its own.
  const own = request.method === "MESSAGE" ? [] : Object.entries(request.headers);
  const headers = own
    .filter(([name]) => !LIBRARY_HEADERS.has(name) && !name.startsWith("sec-websocket-"))
    .map(([name, value]): [string, string] => [`header ${name}`, reduceHeader(name, value)]);
  const query = [...request.query].map(([name, value]): [string, string] => [
    `query ${name}`,
    reduceText(value),
  ]);
  const body = bodyFields(request).map(([name, value]): [string, string] => [`body ${name}`, value]);
  const fields = [...headers, ...query, ...body].sort(([left], [right]) => left.localeCompare(right));
  return { method: request.method, path: request.path, fields: Object.fromEntries(fields) };
}

function bodyFields(request: RecordedRequest): [string, string][] {
  const { json } = request;
  if (typeof json === "object" && json !== null) {
    return Object.entries(json).flatMap(([name, value]) => memberFields(name, value));
  }
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  const form = isForm ? [...new URLSearchParams(request.body)] : [];
  return form.map(([name, value]) => [name, reduceText(value)]);
}

function memberFields(name: string, value: unknown): [string, string][] {
  if (name === "input" && Array.isArray(value)) return inputFields(value);
  if (name === "tools" && Array.isArray(value)) return [[name, kindsOf(value, "type")]];
  if (name === "client_metadata")
    return [
      [
        name,
        Object.keys(value as object)
          .sort()
          .join(", "),
      ],
    ];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([inner, member]) => [`${name}.${inner}`, reduceValue(member)]);
  }
  if (name === "user_code") return [[name, "<code>"]];
  return [[name, reduceValue(value)]];
}

/** The kinds of items in an input, each with its members. */
function inputFields(items: readonly unknown[]): [string, string][] {
  const kinds = new Map<string, Set<string>>();
  for (const item of items as readonly Record<string, unknown>[]) {
    const role = item["role"] === undefined ? "" : ` of ${String(item["role"])}`;
    const kind = `input[] ${String(item["type"] ?? "message")}${role}`;
    kinds.set(kind, new Set([...(kinds.get(kind) ?? []), ...Object.keys(item)]));
  }
  return [...kinds].map(([kind, members]) => [kind, [...members].sort().join(", ")]);
}

function kindsOf(list: readonly unknown[], member: string): string {
  const kinds = list.map((entry) => String((entry as Record<string, unknown>)[member]));
  return [...new Set(kinds)].sort().join(", ");
}

function reduceHeader(name: string, value: string): string {
  if (name === "authorization") return "Bearer <token>";
  if (name === "x-codex-turn-metadata")
    return `JSON: ${Object.keys(JSON.parse(value) as object)
      .sort()
      .join(", ")}`;
  if (name === "x-codex-turn-state") return "<as received>";
  if (name === "user-agent") return reduceUserAgent(value);
  return reduceText(value);
}

function reduceUserAgent(value: string): string {
  return (
    value
      .replace(/\([^)]*;[^)]*\)/, "(<system>)")
      // The CLI adds the name of its caller once it knows it, which depends on timing.
      .replace(/ \([\w-]+; [\d.]+\)$/, "")
      .replace(/node\/[\d.]+/, "node/<version>")
  );
}

function reduceValue(value: unknown): string {
  return typeof value === "string" ? reduceText(value) : JSON.stringify(value);
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Replaces ids, tokens and long texts with their kind. */
function reduceText(value: string): string {
  const text = value.replace(UUID, "<uuid>").replace(/127\.0\.0\.1:\d+|localhost:\d+/g, "<host>");
  if (/^resp_\w+$/.test(text)) return "<response id>";
  if (/^(rt_|ac_|eyJ|deviceauth_)/.test(text)) return "<secret>";
  return text.length > 120 || /^[\w-]{40,}$/.test(text) ? `<text>` : text;
}
