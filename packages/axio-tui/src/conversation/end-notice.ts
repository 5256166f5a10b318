import type { RunEndReason } from "axio";

/** What a person is told where a run did not end by itself; `undefined` where the end needs no words, or has its own. */
export function endNotice(reason: RunEndReason): string | undefined {
  switch (reason) {
    case "max-output-tokens":
      return 'The answer was cut at the model\'s longest output. Say "go on" to get the rest.';
    case "content-filter":
      return "The provider's filter cut the answer.";
    case "incomplete":
      return 'The provider ended the answer early. Say "go on" to get the rest.';
    case "max-steps":
      return 'The model used up its turns. Say "go on" to let it continue.';
    case "repetition":
      return "Stopped: the model kept asking for the same thing.";
    default:
      return undefined;
  }
}
