import {
  type ChatGPTSimulator,
  type ChatGPTSimulatorOptions,
  type IssuePlanOptions,
  startChatGPTSimulator,
  type ViolationKind,
} from "axio-simulator";
import type { ChatGPTCredentials } from "axio-transport-chatgpt";
import { expect, onTestFinished } from "vitest";

/** Violations of the documentation that a test makes on purpose. */
export interface Expected {
  readonly violations?: readonly ViolationKind[];
}

/** Starts a simulator for one test. The test fails if the simulator saw a violation of the documentation. */
export async function simulate({
  violations = [],
  ...options
}: ChatGPTSimulatorOptions & Expected = {}): Promise<ChatGPTSimulator> {
  const simulator = await startChatGPTSimulator({ autoApprove: true, ...options });
  onTestFinished(async () => {
    await simulator.close();
    const unexpected = simulator.violations.filter(({ kind }) => !violations.includes(kind));
    expect(unexpected).toEqual([]);
  });
  return simulator;
}

/** Issues credentials of a simulator without a browser. */
export function issued(simulator: ChatGPTSimulator, options: IssuePlanOptions = {}): ChatGPTCredentials {
  const { clientId, scopes, accessToken, refreshToken, idToken, expiresAt } = simulator.issueTokens(options);
  return {
    clientId,
    issuer: simulator.issuer,
    resource: simulator.apiBaseUrl,
    subject: "subj_user-SIM0001",
    email: "robin@example.test",
    idToken,
    accessToken,
    refreshToken,
    expiresAt,
    lifetimeMs: 3_600_000,
    scopes,
  };
}
