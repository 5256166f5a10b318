import { createSimulator, type SharedSimulator } from "../create-simulator.ts";
import { type IssuedPlanTokens, type IssuePlanOptions, issuePlanTokens } from "./issue.ts";
import type { ChatGPTSimulatorOptions } from "./options.ts";
import type { Registration } from "./registrations.ts";
import { chatGPTService } from "./service.ts";
import { apiBaseUrlOf, type ChatGPTStats, createChatGPTState } from "./state.ts";
import type { ChatGPTSwitches, SwitchTarget } from "./switches.ts";
import type { Violation } from "./violations.ts";

/** A running simulator of the documented "Sign in with ChatGPT": `auth.openai.com` and `api.openai.com/v1`. */
export interface ChatGPTSimulator extends SharedSimulator<ChatGPTStats, ChatGPTSwitches> {
  /** `{origin}/v1`. The real `https://api.openai.com/v1` is also accepted as `resource`. */
  readonly apiBaseUrl: string;
  /** Requests that the documentation forbids. */
  readonly violations: readonly Violation[];
  /** The client ids issued so far. Each sign-in as `dynamic_agent_client` creates one. */
  readonly registrations: readonly Readonly<Registration>[];
  /**
   * Changes how an endpoint answers from now on.
   *
   * @example
   * ```ts
   * await using simulator = await startChatGPTSimulator();
   * simulator.set("exchange", { audience: "string" });
   * ```
   */
  set<Target extends SwitchTarget>(target: Target, change: Partial<ChatGPTSwitches[Target]>): void;
  /**
   * Changes how an endpoint answers its next requests. Changes are applied in the order of the calls.
   *
   * @param times The number of requests. Default: 1.
   *
   * @example
   * ```ts
   * await using simulator = await startChatGPTSimulator();
   * simulator.next("authorize", { decision: "access_denied" });
   * simulator.next("refresh", { error: "invalid_grant", errorShape: "object" });
   * ```
   */
  next<Target extends SwitchTarget>(
    target: Target,
    change: Partial<ChatGPTSwitches[Target]>,
    times?: number,
  ): void;
  /**
   * Creates a registration and its tokens without a browser.
   *
   * @throws Error if there is no such account.
   */
  issueTokens(options?: IssuePlanOptions): IssuedPlanTokens;
  /** Revokes every token issued so far, as when the user disconnects every app. */
  disconnect(): void;
  /** Signs with another key from now on; `dropOld` removes the previous keys from the key set. */
  rotateKeys(options?: { readonly dropOld?: boolean }): Promise<void>;
}

/**
 * Starts a simulator of "Sign in with ChatGPT" on the loopback interface.
 *
 * @example
 * ```ts
 * await using simulator = await startChatGPTSimulator({ autoApprove: true });
 * simulator.next("authorize", { decision: "identity-only" });
 * ```
 */
export async function startChatGPTSimulator(
  options: ChatGPTSimulatorOptions = {},
): Promise<ChatGPTSimulator> {
  const state = await createChatGPTState(options);
  const shared = await createSimulator(state, chatGPTService);
  return {
    ...shared,
    apiBaseUrl: apiBaseUrlOf(state),
    violations: state.violations.list,
    registrations: state.registrations.list,
    set: (target, change) => state.faults.set(target, change),
    next: (target, change, times) => state.faults.next(target, change, times),
    issueTokens: (issueOptions = {}) => issuePlanTokens(issueOptions, state),
    disconnect() {
      shared.revokeAccessTokens();
      shared.revokeRefreshTokens();
    },
    rotateKeys: (rotation) => state.signer.rotate(rotation),
  };
}
