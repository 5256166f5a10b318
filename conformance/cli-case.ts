import type { RecordedRequest, Simulator, SimulatorOptions } from "../packages/axio-simulator/src/index.ts";
import type { ProcessRun } from "./execute.ts";
import type { CliHome } from "./official-cli.ts";

/** One thing that an official CLI does against the simulator. */
export interface CliCase {
  readonly name: string;
  /** Skips the oldest CLI. Default: false. */
  readonly newestOnly?: true;
  readonly options?: SimulatorOptions;
  /** The remaining lifetime of the access token in seconds, or `"signed out"`. Default: the usual lifetime. */
  readonly start?: number | "signed out";
  /** Serves http even if the CLI sends its turns over https only. Default: false. */
  readonly http?: true;
  /** The kind of model that the CLI finds in the simulator's list. Default: `lite`. */
  readonly model?: "not lite";
  /** @returns The problems it found; empty if the case passes. */
  run(launcher: string, home: CliHome, simulator: Simulator): Promise<readonly string[]>;
}

/** The problems of a run that should succeed. */
export function expectSuccess(
  simulator: Simulator,
  run: ProcessRun,
  more: readonly (readonly string[])[],
): readonly string[] {
  const refused = simulator.requests.filter(({ status }) => status === 400);
  return [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...more.flat(),
    ...refused.map(({ method, path }) => `the simulator refused ${method} ${path} as malformed`),
    ...simulator.complaints,
  ];
}

/** The problems of a run that should fail with a message on stderr. */
export function expectFailure(
  run: ProcessRun,
  message: RegExp,
  more: readonly (readonly string[])[],
): readonly string[] {
  return [
    ...(run.exitCode === 0 ? ["it succeeded"] : []),
    ...(message.test(run.stderr) ? [] : [`stderr does not match ${message}: ${lastLine(run.stderr)}`]),
    ...more.flat(),
  ];
}

export function expectLastLine(run: ProcessRun, text: string): readonly string[] {
  return lastLine(run.stdout) === text ? [] : [`the last line is ${JSON.stringify(lastLine(run.stdout))}`];
}

export function expectCount(what: string, found: number, expected: number): readonly string[] {
  return found === expected ? [] : [`${found} ${what} instead of ${expected}`];
}

export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** The HTTP requests for a response. */
export function posts({ requests }: Pick<Simulator, "requests">): readonly RecordedRequest[] {
  return requests.filter(({ method, path }) => method === "POST" && path.endsWith("/responses"));
}
