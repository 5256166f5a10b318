import { isAbsolute, join } from "node:path";
import type { ToolCallContent } from "@agentclientprotocol/sdk";
import { parsePatch } from "diff";
import { fenced } from "./text-content.ts";

const HEADER = /^--- [^\n]*\n\+\+\+ [^\n]*\n@@ /;

/** Tells whether a text is a unified diff, as tools that change files show it. */
export function isUnifiedDiff(text: string): boolean {
  return HEADER.test(text);
}

/**
 * Converts a unified diff to the diffs of an editor: for each hunk the lines before and after. A diff that was shortened cannot be
 * converted, and is shown as text.
 *
 * @param cwd The directory to which the paths in the diff are relative.
 */
export function diffContent(diff: string, cwd: string): ToolCallContent[] {
  try {
    return parsePatch(diff).flatMap(({ oldFileName, newFileName = "", hunks }) => {
      const name = newFileName.replace(/^b\//, "");
      const path = isAbsolute(name) ? name : join(cwd, name);
      return hunks.map(({ lines }): ToolCallContent => {
        const [oldText, newText] = [side(lines, "-"), side(lines, "+")];
        return { type: "diff", path, oldText: oldFileName === "/dev/null" ? null : oldText, newText };
      });
    });
  } catch {
    return [fenced(diff, "diff")];
  }
}

/** The lines of a hunk on one side of the change. */
function side(lines: readonly string[], mark: "-" | "+"): string {
  const kept = lines.filter((line) => line.startsWith(mark) || line.startsWith(" "));
  const hasFinalNewline = !endsWithoutNewline(lines, mark);
  return kept.map((line) => line.slice(1)).join("\n") + (kept.length > 0 && hasFinalNewline ? "\n" : "");
}

function endsWithoutNewline(lines: readonly string[], mark: "-" | "+"): boolean {
  return lines.some(
    (line, index) => line.startsWith("\\") && [mark, " "].includes(lines[index - 1]?.charAt(0) ?? ""),
  );
}
