import type { PluginHost, Provider } from "axio/plugin";
import type { Simulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";

const TITLE = "Simulator (no account, answers by script)";
/** The delay between two deltas, so that a response streams like a model's. */
const PACE_MS = 15;

let running: Promise<Simulator> | undefined;
let users = 0;

/** The simulator. Starts when the user selects it, and signs in automatically. */
export const provider: Provider = {
  title: TITLE,
  createTransport: async (host) => {
    const simulator = await use(host);
    return new CodexTransport({
      name: TITLE,
      ...simulator.issueCredentials(),
      baseUrl: simulator.baseUrl,
      issuer: simulator.issuer,
      onWarning: (warning) => host.onWarning(warning),
    });
  },
};

/** Starts the simulator for the first conversation of a process, and closes it after the last one. */
function use({ signal }: PluginHost): Promise<Simulator> {
  running ??= start();
  const simulator = running;
  users += 1;
  const leave = async (): Promise<void> => {
    users -= 1;
    if (users > 0) return;
    running = undefined;
    await (await simulator).close();
  };
  signal.addEventListener("abort", () => void leave(), { once: true });
  return simulator;
}

async function start(): Promise<Simulator> {
  const { startSimulator } = await import("axio-simulator");
  return startSimulator({ paceMs: PACE_MS });
}
