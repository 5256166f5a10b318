import type { PluginHost, Provider } from "axio/plugin";
import type { Simulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";

const TITLE = "Simulator (no account, answers by script)";
/** The delay between two deltas, so that a response streams like a model's. */
const PACE_MS = 15;

let running: Promise<Simulator> | undefined;

/** The simulator. Starts when the user selects it, and signs in automatically. */
export const provider: Provider = {
  title: TITLE,
  createTransport: async (host) => {
    running ??= start(host);
    const simulator = await running;
    return new CodexTransport({
      name: TITLE,
      ...simulator.issueCredentials(),
      baseUrl: simulator.baseUrl,
      issuer: simulator.issuer,
      onWarning: (warning) => host.onWarning(warning),
    });
  },
};

async function start({ signal }: PluginHost): Promise<Simulator> {
  const { startSimulator } = await import("axio-simulator");
  const simulator = await startSimulator({ paceMs: PACE_MS });
  signal.addEventListener("abort", () => void simulator.close(), { once: true });
  return simulator;
}
