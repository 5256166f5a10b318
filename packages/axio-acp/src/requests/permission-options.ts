import type {
  PermissionOption,
  RequestPermissionOutcome,
  ToolCallContent,
  ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import type { PermissionDetail, PermissionRequest } from "axio/plugin";
import { escapedText, type PermissionAnswer, type ScopedRule } from "axio-tui/internal";
import { diffContent } from "../updates/diff-content.ts";
import { fenced } from "../updates/text-content.ts";

/** The choice of the user: an answer, after rules were added. */
export interface ChosenAnswer {
  readonly answer: PermissionAnswer;
  readonly rules: readonly ScopedRule[];
}

/**
 * Returns the answers that an editor offers. "Always" adds the proposed rules to those of the folder; without a proposal it
 * holds for the same requests until the session ends.
 *
 * @param proposed The rules that would allow the request.
 */
export function permissionOptions(
  { scopeDescription }: PermissionRequest,
  proposed: readonly string[],
): PermissionOption[] {
  const session = scopeDescription ?? "the same request";
  return [
    { optionId: "once", kind: "allow_once", name: "Allow" },
    { optionId: "session", kind: "allow_always", name: `Allow in this session: ${session}` },
    ...(proposed.length === 0
      ? []
      : [
          {
            optionId: "rule",
            kind: "allow_always" as const,
            name: `Always allow in this folder: ${proposed.join(", ")}`,
          },
        ]),
    { optionId: "no", kind: "reject_once", name: "Deny" },
    { optionId: "never", kind: "reject_always", name: "Deny in this session" },
  ];
}

/** Returns what an answer of the editor means. One that was not offered is a no. */
export function chosenAnswer(outcome: RequestPermissionOutcome, proposed: readonly string[]): ChosenAnswer {
  const chosen = outcome.outcome === "selected" ? outcome.optionId : "no";
  switch (chosen) {
    case "once":
    case "session":
    case "never":
      return { answer: { type: chosen }, rules: [] };
    case "rule":
      return {
        answer: { type: proposed.length === 0 ? "no" : "once" },
        rules: proposed.map((text) => ({ scope: "folder", action: "allow", text })),
      };
    default:
      return { answer: { type: "no" }, rules: [] };
  }
}

/** Describes what is asked, as a change of the tool call that asks. Nothing invisible is left in it. */
export function askingCall(request: PermissionRequest, fallbackId: string, cwd: string): ToolCallUpdate {
  const { toolCallId = fallbackId, title, detail, subject } = request;
  const call = { toolCallId, title: escapedText(title), status: "pending" as const };
  // The command that will run, not a description of it.
  if (subject?.type === "shell") return { ...call, content: [fenced(escapedCommand(subject.command), "sh")] };
  return detail === undefined ? call : { ...call, content: detailContent(detail, cwd) };
}

function escapedCommand(command: string): string {
  return command
    .split("\n")
    .map((line) => escapedText(line, { isRaw: true }))
    .join("\n");
}

function detailContent(detail: PermissionDetail, cwd: string): ToolCallContent[] {
  switch (detail.type) {
    case "text":
      return [fenced(detail.text)];
    case "command":
      return [fenced(detail.command, "sh")];
    case "diff":
      return diffContent(detail.diff, cwd);
  }
}
