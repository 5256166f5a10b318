import type { RequestKind } from "./request-kinds.ts";

interface Rule {
  /** The fields it speaks of, by the start of their names. */
  readonly fields: readonly string[];
  readonly reason: string;
  /** The requests it speaks of; default all. */
  readonly kinds?: RegExp;
}

/** Why a field differs; the first rule that fits counts. */
const RULES: readonly Rule[] = [
  {
    fields: ["header originator"],
    kinds: /^refresh/,
    reason: "The name that the sign-in used; the authorization server admits few others.",
  },
  { fields: ["header originator"], reason: "We say who we are. The backend takes an honest name." },
  {
    fields: ["header user-agent"],
    kinds: /^device|^code/,
    reason: "Written by the HTTP or OAuth library, which names itself. The CLI's client names nobody here.",
  },
  { fields: ["header user-agent"], reason: "We say who we are." },
  { fields: ["header accept"], reason: "We ask for JSON by name; the CLI takes what comes." },
  {
    fields: ["header content-type"],
    kinds: /^code/,
    reason: "The same form; `URLSearchParams` adds the charset, which the server ignores.",
  },
  {
    fields: ["header content-encoding"],
    reason:
      "Bodies of 4 KiB and more, where the runtime has zstd (Node 22.15 and later). The backend reads plain ones too.",
  },
  {
    fields: ["header x-codex-beta-features"],
    reason: "Sent with the request that asks for compaction only (`compactOnServer`).",
  },
  { fields: ["header x-codex-routing-hint"], reason: "Optional: it repeats what `model` says." },
  {
    fields: ["header x-codex-turn-metadata", "header x-codex-window-id", "body client_metadata"],
    reason:
      "Optional. It tells of the CLI's installation, sandbox and workspace; we send nothing of the sort.",
  },
  {
    fields: ["body instructions", "body input[] message of developer"],
    reason:
      "The newest CLI moved its instructions into a developer message; we send the member that older reports call required.",
  },
  { fields: ["body model"], reason: "The run names another model; nothing else hangs on it." },
  { fields: ["body tools"], reason: "The CLI's own tools; ours has one function tool in this run." },
  {
    fields: ["body reasoning.effort", "body text.verbosity"],
    reason: "Left to the model's default unless the caller chooses.",
  },
  {
    fields: ["body reasoning.summary"],
    reason: "We show what the model thinks; `codex exec` does not ask for it.",
  },
  {
    fields: ["body input[] "],
    reason:
      "`id` is a label that the backend never looks up; `internal_chat_message_metadata_passthrough` and `content: null` are the CLI's own.",
  },
  { fields: ["body refresh_reason"], reason: "New in this CLI, and telemetry." },
];

/** The reason for a difference, or nothing where nobody has given one. */
export function reasonFor(kind: RequestKind, field: string): string {
  const rule = RULES.find(
    ({ fields, kinds }) => fields.some((start) => field.startsWith(start)) && (kinds?.test(kind) ?? true),
  );
  return rule?.reason ?? "";
}
