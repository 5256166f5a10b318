/** The names that TSDoc examples may use without an import. */
export const TSDOC_PRELUDE = `
import type { Agent, CompletionTransport, ContextStore } from "axio";
import type { CredentialStore } from "axio-auth";
import { type Credentials } from "axio-transport-codex";

declare global {
  const agent: Agent;
  const context: ContextStore;
  const signal: AbortSignal;
  const store: CredentialStore<Credentials>;
  const transport: CompletionTransport;
}
`;
