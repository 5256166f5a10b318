import type { RequestKind } from "./request-kinds.ts";

interface Rule {
  /** The beginnings of the field names that it covers. */
  readonly fields: readonly string[];
  readonly reason: string;
  /** The requests that it covers. Default: all. */
  readonly kinds?: RegExp;
}

/** Why a field differs. The first matching rule counts. */
const RULES: readonly Rule[] = [
  {
    fields: ["header version", "query client_version"],
    reason: "`CLIENT_VERSION` is behind the newest CLI; a row of the run names its new value.",
  },
  {
    fields: ["header originator"],
    kinds: /^refresh/,
    reason: "The name used for the sign-in; the authorization server accepts few others.",
  },
  { fields: ["header originator"], reason: "We send our own name. The backend accepts it." },
  {
    fields: ["header user-agent"],
    kinds: /^device|^code/,
    reason: "Written by the HTTP or OAuth library. The CLI sends none here.",
  },
  { fields: ["header user-agent"], reason: "We send our own name." },
  { fields: ["header accept"], reason: "We ask for JSON; the CLI accepts anything." },
  {
    fields: ["header content-type"],
    kinds: /^code/,
    reason: "The same form. `URLSearchParams` adds the charset, which the server ignores.",
  },
  {
    fields: ["header content-encoding"],
    reason:
      "Bodies of 4 KiB and more, if the runtime has zstd (Node 22.15 and later). The backend also reads plain bodies.",
  },
  {
    fields: ["header x-codex-beta-features"],
    reason: "Sent only with the request for compaction (`compactOnServer`).",
  },
  { fields: ["header x-codex-routing-hint"], reason: "Optional: it repeats `model`." },
  {
    fields: ["header x-codex-turn-metadata", "header x-codex-window-id", "body client_metadata"],
    reason: "Optional: data about the CLI's installation, sandbox and workspace. We send none.",
  },
  {
    fields: ["body instructions", "body input[] message of developer"],
    reason:
      "The newest CLI sends its instructions as a developer message. We send the member that older reports call required.",
  },
  { fields: ["body model"], reason: "The run uses another model; no other field depends on it." },
  { fields: ["body tools"], reason: "The CLI sends its own tools; ours sends one function in this run." },
  {
    fields: ["body reasoning.effort", "body text.verbosity"],
    reason: "The model's default unless the caller sets it.",
  },
  { fields: ["body reasoning.summary"], reason: "We show the reasoning; `codex exec` does not ask for it." },
  {
    fields: ["body input[] "],
    reason:
      "`id` is a label that the backend never looks up. `internal_chat_message_metadata_passthrough` and `content: null` are private to the CLI.",
  },
  { fields: ["body refresh_reason"], reason: "Telemetry of newer CLIs." },
];

/** The reason for a difference, or an empty string if no rule covers it. */
export function reasonFor(kind: RequestKind, field: string): string {
  const rule = RULES.find(
    ({ fields, kinds }) => fields.some((start) => field.startsWith(start)) && (kinds?.test(kind) ?? true),
  );
  return rule?.reason ?? "";
}
