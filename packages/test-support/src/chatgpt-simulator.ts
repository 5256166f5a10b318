import {
  type ChatGPTSimulator,
  type ChatGPTSimulatorOptions,
  startChatGPTSimulator,
  type ViolationKind,
} from "axio-simulator";
import { expect, onTestFinished } from "vitest";

export { issued } from "./issued-credentials.ts";

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
