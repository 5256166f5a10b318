import type { JsonObject } from "../json.ts";
import { cutText } from "../stream/cut-text.ts";
import { DOT } from "../stream/item-events.ts";
import { quoteResults, type Section } from "../stream/script.ts";

/** A tool call of a response. */
export interface PlannedCall {
  /** The position among the calls of the response. */
  readonly position: number;
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  readonly isCustom: boolean;
}

/** A fragment of a response, before a server gives it a form. */
export type Piece =
  | { readonly kind: "reasoning" | "text" | "refusal"; readonly text: string; readonly isFirst: boolean }
  | { readonly kind: "call"; readonly call: PlannedCall }
  | { readonly kind: "annotations"; readonly annotations: readonly JsonObject[] }
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "wait"; readonly milliseconds: number };

/** The facts that pieces are made from. */
export interface PieceContext {
  readonly results: readonly string[];
  readonly customTools: ReadonlySet<string>;
  /** The id of the call at a position. */
  readonly callId: (position: number) => string;
}

/** The pieces that the steps of a section ask for. */
export function piecesOf(section: Section, context: PieceContext): readonly Piece[] {
  const pieces: Piece[] = [];
  let calls = 0;
  let saidAt = -1;
  const add = (kind: "reasoning" | "text" | "refusal", text: string): void => {
    for (const [index, delta] of cutText(text).entries()) {
      pieces.push({ kind, text: delta, isFirst: index === 0 });
    }
  };
  for (const [index, step] of section.entries()) {
    switch (step.kind) {
      case "think":
        add("reasoning", quoteResults(step.text, context.results));
        break;
      case "say": {
        // Consecutive lines are one text.
        const joint = saidAt === index - 1 && index > 0 ? "\n" : "";
        add("text", joint + quoteResults(step.text, context.results));
        saidAt = index;
        break;
      }
      case "refuse":
        add("refusal", quoteResults(step.text, context.results));
        break;
      case "cite":
        add("text", step.text);
        pieces.push({ kind: "annotations", annotations: [citation(step.url, step.text)] });
        break;
      case "draw":
        pieces.push({ kind: "image", url: `data:image/png;base64,${DOT}` });
        break;
      case "call": {
        const call: PlannedCall = {
          position: calls,
          id: context.callId(calls),
          name: step.name,
          arguments: quoteResults(step.input, context.results),
          isCustom: context.customTools.has(step.name),
        };
        calls += 1;
        pieces.push({ kind: "call", call });
        break;
      }
      case "wait":
        pieces.push({ kind: "wait", milliseconds: step.milliseconds });
        break;
      default:
        break;
    }
  }
  return pieces;
}

function citation(url: string, text: string): JsonObject {
  return {
    type: "url_citation",
    url_citation: { url, title: "A page", start_index: 0, end_index: text.length, content: text },
  };
}
