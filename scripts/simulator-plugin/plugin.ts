import type { PluginHost, TransportPlugin } from "axio/plugin";
import type { Simulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";

const TITLE = "Simulator (no account, answers by script)";
/** The time between two pieces of an answer, so that it streams as a model's would, in milliseconds. */
const PACE_MS = 15;

let running: Promise<Simulator> | undefined;

/** The simulator, started on this machine when somebody chooses it, and signed in to without a person. */
export const transport: TransportPlugin = {
  title: TITLE,
  create: async (host, { effort }) => {
    running ??= start(host);
    const simulator = await running;
    return new CodexTransport({
      name: TITLE,
      ...simulator.issueCredentials(),
      baseUrl: simulator.baseUrl,
      issuer: simulator.issuer,
      onWarning: (warning) => host.onWarning(warning),
      ...(effort === undefined ? {} : { reasoning: { effort } }),
    });
  },
};

async function start({ signal }: PluginHost): Promise<Simulator> {
  const { startSimulator } = await import("axio-simulator");
  const simulator = await startSimulator({ paceMs: PACE_MS });
  signal.addEventListener("abort", () => void simulator.close(), { once: true });
  return simulator;
}
