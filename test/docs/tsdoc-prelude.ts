/** The names that every TSDoc example may use without saying where they come from: what a reader takes for granted. */
export const TSDOC_PRELUDE = `
import type { Agent, CompletionTransport, ContextStore } from "axio";
import type { CredentialStore, Credentials } from "axio-auth";

declare global {
  const agent: Agent;
  const context: ContextStore;
  const signal: AbortSignal;
  const store: CredentialStore<Credentials>;
  const transport: CompletionTransport;
}
`;
