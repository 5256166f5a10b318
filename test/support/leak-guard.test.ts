import { spawn } from "node:child_process";
import { basename, join } from "node:path";
import { json } from "node:stream/consumers";
import { FULL_RUN, needs } from "test-support/requirements";
import { beforeAll, describe, expect, test } from "vitest";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

// The tests run in a second Vitest.
describe("the leak guard", needs(FULL_RUN), () => {
  let report: Report;

  beforeAll(async () => {
    const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
    const config = join(import.meta.dirname, "leaks/vitest.config.ts");
    const child = spawn(process.execPath, [vitest, "run", "--config", config, "--reporter=json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    report = (await json(child.stdout)) as Report;
  }, 60_000);

  function resultOf(file: string): Report["testResults"][number] | undefined {
    return report.testResults.find(({ name }) => basename(name) === `${file}.leak.ts`);
  }

  test.each([
    ["server", "1 × TCP server"],
    ["connection", "× TCP connection"],
    ["timer", "1 × timer"],
    ["child-process", "1 × child process"],
    ["fake-timers", "1 × TCP server"],
  ])("a test file that leaves a %s fails, though its tests pass", (file, said) => {
    const result = resultOf(file);
    expect(result?.assertionResults).toMatchObject([{ status: "passed" }]);
    expect(result?.status).toBe("failed");
    expect(result?.message).toContain(said);
  });

  test("a test file that closes everything passes in spite of fetch's idle connections", () => {
    expect(resultOf("nothing")).toMatchObject({ status: "passed", message: "" });
  });
});
