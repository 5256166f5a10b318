import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "vitest";

test("leaves a child process", async () => {
  // It exits with its standard input, and so with this process.
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  await once(child, "spawn");
});
