import { createHash } from "node:crypto";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { stringMember } from "../json.ts";
import type { Conversation } from "../stream/conversation.ts";

/** The place of a response: its turn and its attempt. */
export interface TurnPlace {
  /** The value for `x-codex-turn-state`; `undefined` once the client sends it back. */
  readonly newTurnState: string | undefined;
  /** The number of requests with the same session, prompt and tool results, from 1. */
  readonly attempt: number;
  /** Unique among the responses of this simulator. */
  readonly seed: string;
  /** The tokens of the input that the previous request of the session put into the cache. */
  readonly cachedTokens: number;
}

/** Tracks turn state, attempts and cache of each session. */
export class TurnTracker {
  /** Mistakes of a client that the service tolerates. */
  readonly complaints: string[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #turnStates = new Map<string, string>();
  /** The turn states that reached a client. An error response has none. */
  readonly #delivered = new Set<string>();
  readonly #inputTokens = new Map<string, number>();
  #count = 0;

  /** Records a request for a response. */
  place(request: RecordedRequest, conversation: Conversation, inputTokens: number): TurnPlace {
    this.#count += 1;
    const session = sessionOf(request);
    const turn = digest(`${session}\n${conversation.userMessages}\n${conversation.prompt}`);
    const step = `${turn}/${conversation.results.length}`;
    const attempt = (this.#attempts.get(step) ?? 0) + 1;
    this.#attempts.set(step, attempt);
    const given = request.headers["x-codex-turn-state"];
    const turnState = this.#turnStates.get(turn) ?? `ts_${turn}_${this.#count}`;
    this.#turnStates.set(turn, turnState);
    this.#checkTurnState(request, conversation, given, turnState);
    const newTurnState = given === turnState ? undefined : turnState;
    return {
      newTurnState,
      attempt,
      seed: `${turn.slice(0, 12)}${String(this.#count).padStart(8, "0")}`,
      cachedTokens: this.#cached(request, session, inputTokens),
    };
  }

  /** Records that a stream was sent with the turn state of this place. */
  deliver({ newTurnState }: TurnPlace): void {
    if (newTurnState !== undefined) this.#delivered.add(newTurnState);
  }

  #checkTurnState(
    request: RecordedRequest,
    conversation: Conversation,
    given: string | undefined,
    expected: string,
  ): void {
    if (given !== undefined && given !== expected) {
      this.complaints.push(`request ${request.number}: x-codex-turn-state is not of this turn`);
    }
    if (given === undefined && this.#delivered.has(expected) && conversation.continues) {
      this.complaints.push(`request ${request.number}: x-codex-turn-state of this turn was not sent back`);
    }
  }

  /** The prefix cache finds a session only by its key together with its session header. */
  #cached(request: RecordedRequest, session: string, inputTokens: number): number {
    const before = this.#inputTokens.get(session) ?? 0;
    this.#inputTokens.set(session, inputTokens);
    const routed = request.headers["session-id"] ?? request.headers["session_id"];
    const keyed = stringMember(request.json, "prompt_cache_key");
    if (routed === undefined || keyed === undefined) return 0;
    return Math.min(inputTokens, Math.floor(before / 128) * 128);
  }
}

function sessionOf(request: RecordedRequest): string {
  const key = stringMember(request.json, "prompt_cache_key");
  return [key ?? request.headers["session-id"] ?? "", request.headers["chatgpt-account-id"]].join(" ");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
