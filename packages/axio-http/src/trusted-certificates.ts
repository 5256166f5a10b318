import { AxioError } from "axio";
import { builtinModule } from "axio/internal";
import type { ProxySettings } from "./proxy-settings.ts";

/** Returns Node's certificates and those of the files; nothing without files, so that Node decides. */
export async function trustedCertificates({ certificateFiles }: ProxySettings): Promise<{ ca?: string[] }> {
  if (certificateFiles.length === 0) return {};
  const fs = builtinModule<typeof import("node:fs/promises")>("node:fs/promises");
  const os = builtinModule<typeof import("node:os")>("node:os");
  const tls = builtinModule<typeof import("node:tls")>("node:tls");
  // Only these runtimes have an environment that names files.
  if (fs === undefined || os === undefined || tls === undefined) return {};
  const files = await Promise.all(
    certificateFiles.map(async ({ variable, path: written }) => {
      // Files with variables may keep quotes, and nothing expands `~` there.
      const path = written.replace(/^(["'])(.*)\1$/, "$2").replace(/^~(?=[\\/]|$)/, () => os.homedir());
      try {
        return await fs.readFile(path, "utf8");
      } catch (cause) {
        throw new AxioError(
          "invalid-argument",
          `${variable} names a certificate file that cannot be read: ${path}. Correct or unset the variable.`,
          { cause },
        );
      }
    }),
  );
  return { ca: [...tls.rootCertificates, ...files] };
}
