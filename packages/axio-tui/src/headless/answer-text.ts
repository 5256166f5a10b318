import type { HeadlessEvent } from "./headless-event.ts";

interface Part {
  readonly index: number;
  readonly text: string;
  readonly isCommentary: boolean;
}

/** The text of the step in progress. */
export interface AnswerText {
  readonly parts: readonly Part[];
  /** Whether the next text belongs to another step. */
  readonly isStepOver: boolean;
}

export const NO_ANSWER: AnswerText = { parts: [], isStepOver: false };

/** Adds an event: the text of a later step replaces that of an earlier one, which only announced tool calls. */
export function addToAnswer(answer: AnswerText, event: HeadlessEvent): AnswerText {
  switch (event.type) {
    case "text-delta": {
      const before = partsOf(answer).find(({ index }) => index === event.index);
      const text = (before?.text ?? "") + event.delta;
      return withPart(answer, { index: event.index, text, isCommentary: event.phase === "commentary" });
    }
    case "block-end":
      if (event.block.type !== "text") return answer;
      return withPart(answer, {
        index: event.index,
        text: event.block.text,
        isCommentary: event.block.phase === "commentary",
      });
    case "retry":
      return {
        ...answer,
        parts: partsOf(answer).filter(({ index }) => !event.discardedBlocks.includes(index)),
      };
    case "step-end":
      return { ...answer, isStepOver: true };
    case "tool-result":
      return NO_ANSWER;
    default:
      return answer;
  }
}

/** The text so far. Commentary counts only if there is no other text. */
export function answerText({ parts }: AnswerText): string {
  return textWithoutCommentary({ parts }) || join(parts);
}

/** The text so far, without commentary. */
export function textWithoutCommentary({ parts }: Pick<AnswerText, "parts">): string {
  return join(parts.filter(({ isCommentary }) => !isCommentary));
}

function join(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join("");
}

function partsOf({ parts, isStepOver }: AnswerText): readonly Part[] {
  return isStepOver ? [] : parts;
}

function withPart(answer: AnswerText, part: Part): AnswerText {
  const parts = [...partsOf(answer).filter(({ index }) => index !== part.index), part];
  return { parts: parts.sort((left, right) => left.index - right.index), isStepOver: false };
}
