import {
  type ChatGPTSimulator,
  type ChatGPTSimulatorOptions,
  type IssuePlanOptions,
  startChatGPTSimulator,
  type ViolationKind,
} from "axio-simulator";
import type { ChatGPTCredentials } from "axio-transport-chatgpt";
import { expect, onTestFinished } from "vitest";

/** What a test does on purpose although the documents forbid it. */
export interface Expected {
  readonly violations?: readonly ViolationKind[];
}

/** Starts a simulator for one test, which fails if the simulator saw anything that the documents forbid. */
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

/** Credentials of a simulator, without a browser. */
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
    lifetime: 3600,
    scopes,
  };
}
