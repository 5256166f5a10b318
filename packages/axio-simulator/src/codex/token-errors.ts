import { jsonReply, type PlainReply } from "../http/reply.ts";

/** The refusals of access tokens by the reason: message and type. */
const TOKEN_ERRORS = {
  token_expired: ["Provided authentication token is expired. Please try signing in again.", null],
  invalid_jwt: ["Could not parse your authentication token. Please try signing in again.", null],
  token_invalidated: [
    "Your authentication token has been invalidated. Please try signing in again.",
    "invalid_request_error",
  ],
} as const;

/** The refusal of an access token. */
export function tokenError(code: keyof typeof TOKEN_ERRORS): PlainReply {
  const [message, type] = TOKEN_ERRORS[code];
  return jsonReply(
    401,
    { error: { message, type, code, param: null }, status: 401 },
    { "x-openai-authorization-error": code },
  );
}
