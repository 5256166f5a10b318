import { setTimeout as sleep } from "node:timers/promises";
import type { RecordedRequest } from "../http/recorded-request.ts";
import type { Reply } from "../http/reply.ts";
import { isObject, parseJson } from "../json.ts";
import { readParameters } from "./read-parameters.ts";
import type { TokenVault } from "./token-vault.ts";

/** The state that the token endpoint needs after its response is made. */
interface TokenEndpointState {
  readonly options: { readonly tokenDelayMs: number };
  readonly vault: Pick<TokenVault<object, never>, "keepAlive">;
}

/** Applies the effects of a response of the token endpoint, and delays it. */
export async function settleToken(
  request: RecordedRequest,
  reply: Reply,
  { options, vault }: TokenEndpointState,
): Promise<void> {
  keepRefreshToken(request, reply, vault);
  if (options.tokenDelayMs > 0) await sleep(options.tokenDelayMs);
}

/** If the response of a refresh has no new refresh token, the old one stays valid. */
function keepRefreshToken(
  request: RecordedRequest,
  reply: Reply,
  vault: Pick<TokenVault<object, never>, "keepAlive">,
): void {
  if (reply.kind !== "plain" || reply.status !== 200) return;
  const tokens = parseJson(reply.body);
  const sent = readParameters(request)?.["refresh_token"];
  if (sent !== undefined && isObject(tokens) && tokens["refresh_token"] === undefined) vault.keepAlive(sent);
}
