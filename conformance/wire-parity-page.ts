import type { PeerRecord } from "./peer-record.ts";
import { REQUEST_KINDS, type RequestKind } from "./request-kinds.ts";
import { reasonFor } from "./wire-parity-reasons.ts";

const OURS = "axio";
/** The newest official CLI is the one to measure by; what only the older one does is history. */
const MODEL_PEER = "codex 0.169.0";

const HEAD = `# What goes over the wire, beside the official CLI

Written by \`npm run conformance\`, which runs the official \`codex\` CLI and our transport through the same turns
against the simulator and puts down what each sent. Do not edit it by hand: the reasons are in
\`conformance/wire-parity-reasons.ts\`, and a difference to the newest CLI without a reason fails the run.

Ids and tokens are reduced to what they are, and headers of the HTTP library (\`host\`, \`accept-encoding\` …) left out.
“–” means that the field was not sent.
`;

interface FieldRow {
  readonly field: string;
  readonly values: readonly string[];
  readonly reason: string;
}

/** The page as Markdown. */
export function wireParityPage(records: readonly PeerRecord[]): string {
  return [HEAD, ...REQUEST_KINDS.map((kind) => section(kind, records))].join("\n");
}

/** The fields in which we differ from the newest CLI and nobody has said why. */
export function unexplainedDifferences(records: readonly PeerRecord[]): string[] {
  return REQUEST_KINDS.flatMap((kind) =>
    fieldRows(kind, records)
      .filter(({ values, reason }) => differs(values, records) && reason === "")
      .map(({ field, values }) => `${kind}: ${field}: ${values.join(" | ")}`),
  );
}

function section(kind: RequestKind, records: readonly PeerRecord[]): string {
  const sent = records.map(({ requests }) => requests[kind]);
  const [first] = sent.filter((request) => request !== undefined);
  const lines = fieldRows(kind, records).map(
    ({ field, values, reason }) => `| \`${field}\` | ${values.map(cell).join(" | ")} | ${reason} |`,
  );
  return `## ${kind[0]?.toUpperCase()}${kind.slice(1)}

\`${first?.method} ${first?.path}\`

| Field | ${records.map(({ peer }) => peer).join(" | ")} | Why it differs |
|---|${"---|".repeat(records.length)}---|
${lines.join("\n")}
`;
}

function fieldRows(kind: RequestKind, records: readonly PeerRecord[]): FieldRow[] {
  const sent = records.map(({ requests }) => requests[kind]?.fields);
  const names = [...new Set(sent.flatMap((fields) => Object.keys(fields ?? {})))].sort();
  return names.map((field) => {
    const values = sent.map((fields) =>
      fields === undefined ? "(no such request)" : (fields[field] ?? "–"),
    );
    return { field, values, reason: differs(values, records) ? reasonFor(kind, field) : "" };
  });
}

function differs(values: readonly string[], records: readonly PeerRecord[]): boolean {
  const at = (peer: string): string | undefined =>
    values[records.findIndex((record) => record.peer === peer)];
  return at(OURS) !== at(MODEL_PEER);
}

function cell(value: string): string {
  return value === "–" || value.startsWith("(no such") ? value : `\`${value.replaceAll("|", "\\|")}\``;
}
