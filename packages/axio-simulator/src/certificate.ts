import type { ServerCertificate } from "./tls.ts";

/** The certificate of a server that is to speak https. The library for it is large, and most simulators speak http. */
export async function certificateFor(options: {
  readonly https: boolean;
}): Promise<ServerCertificate | undefined> {
  if (!options.https) return undefined;
  const { createCertificate } = await import("./tls.ts");
  return createCertificate();
}
