import { type CredentialStore, defaultCredentialsPath, FileCredentialStore } from "axio-auth";
import { type ChatGPTCredentials, parseChatGPTCredentials } from "./credentials.ts";

/** Where a sign-in is kept where nobody says otherwise: `chatgpt.json` in axio's folder. */
export function defaultStore(): CredentialStore<ChatGPTCredentials> {
  return new FileCredentialStore({ path: defaultCredentialsPath("chatgpt"), parse: parseChatGPTCredentials });
}
