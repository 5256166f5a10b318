import { createHash } from "node:crypto";

/** What the backend takes as a name of a conversation, in a header and as the key of its cache. */
const VALID = /^[\w.:-]{1,64}$/;

/** Names a conversation to the backend. A name that it would refuse is replaced by its hash: the same from call to call. */
export function sessionKey(conversation: string): string {
  return VALID.test(conversation)
    ? conversation
    : createHash("sha256").update(conversation).digest("base64url");
}
