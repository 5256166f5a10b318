import { parseArgs } from "node:util";

/** A number that a benchmark takes as an option. */
export interface NumberOption {
  readonly preset: number;
  /** Default: 1. */
  readonly least?: number | undefined;
}

/** The values of the options: the numbers, and whether the report is written to docs/benchmarks.md. */
export type BenchArguments<Name extends string> = Readonly<Record<Name, number>> & {
  readonly write: boolean;
};

/**
 * Reads the options of a benchmark: whole numbers, `--write` and `--help`.
 *
 * @returns `undefined` if the help was printed instead: on request, or with the exit code 2 for a number that is not valid.
 * @throws TypeError for an option that there is not.
 */
export function readArguments<Name extends string>(
  help: string,
  numbers: Readonly<Record<Name, NumberOption>>,
): BenchArguments<Name> | undefined {
  const names = Object.keys(numbers) as Name[];
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: "string" } as const])),
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  const entries = names.map((name) => [name, Number(given[name] ?? numbers[name].preset)] as const);
  const areValid = entries.every(
    ([name, value]) => Number.isSafeInteger(value) && value >= (numbers[name].least ?? 1),
  );
  if (given["help"] === true || !areValid) {
    console.log(help);
    process.exitCode = given["help"] === true ? 0 : 2;
    return undefined;
  }
  return { ...(Object.fromEntries(entries) as Record<Name, number>), write: given["write"] === true };
}
