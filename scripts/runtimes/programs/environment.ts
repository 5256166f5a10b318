import type { CodexTransportOptions } from "axio-transport-codex";

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

/** Where the programs may write. */
export const DIRECTORY: string = variable("AXIO_TEST_DIRECTORY");

/** Connects a transport to the simulator. */
export const connection = {
  baseUrl: variable("AXIO_TEST_BASE_URL"),
  issuer: variable("AXIO_TEST_ISSUER"),
  accessToken: variable("AXIO_TEST_ACCESS_TOKEN"),
  model: "gpt-5.5",
} satisfies CodexTransportOptions;
