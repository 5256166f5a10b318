import { chatRefusalReply } from "../chat/errors.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import type { Reply } from "../http/reply.ts";
import { platformRefusal } from "../rules/refusal.ts";
import { bearerOf, type KeyOwner } from "./keys.ts";
import type { OpenAIState } from "./state.ts";

/** Checks the API key. */
export function authenticate(
  request: RecordedRequest,
  state: OpenAIState,
): { readonly caller: KeyOwner } | { readonly refusal: Reply } {
  const { switches } = state;
  const key = bearerOf(request) ?? request.headers["api-key"];
  if (switches.keyless) return { caller: { key: key ?? "" } };
  if (key === undefined) {
    const message =
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.";
    return { refusal: chatRefusalReply(platformRefusal(message, null, null, 401), switches) };
  }
  if (state.keys.stateOf(key) === "valid") return { caller: { key } };
  const message = `Incorrect API key provided: ${hidden(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return { refusal: chatRefusalReply(platformRefusal(message, null, "invalid_api_key", 401), switches) };
}

/** A key as the service shows it in an error. */
function hidden(key: string): string {
  return key.length < 13
    ? "*".repeat(key.length)
    : `${key.slice(0, 8)}${"*".repeat(key.length - 12)}${key.slice(-4)}`;
}
