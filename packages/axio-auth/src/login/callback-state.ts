import { createHash, timingSafeEqual } from "node:crypto";

/** The state of an authorization request, and how the server may return it. */
export interface ExpectedState {
  readonly state: string;
  /** Suffixes that the server may append to the state. Default: none. */
  readonly stateSuffixes?: readonly string[] | undefined;
}

/** Whether a callback's state is the expected one. Takes the same time for every wrong one, so that it cannot be guessed. */
export function isExpectedState(received: string, { state, stateSuffixes = [] }: ExpectedState): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return ["", ...stateSuffixes]
    .map((suffix) => timingSafeEqual(digest(received), digest(state + suffix)))
    .includes(true);
}
