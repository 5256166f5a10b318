import { AxioError } from "axio";
import type { ProxySettings } from "./proxy-settings.ts";

/** Returns Node's certificates and those of the files; nothing without files, so that Node decides. */
export async function trustedCertificates({ certificateFiles }: ProxySettings): Promise<{ ca?: string[] }> {
  if (certificateFiles.length === 0) return {};
  const [{ readFile }, { homedir }, { rootCertificates }] = await Promise.all([
    import("node:fs/promises"),
    import("node:os"),
    import("node:tls"),
  ]);
  const files = await Promise.all(
    certificateFiles.map(async ({ variable, path: given }) => {
      // Files with variables may keep quotes, and nothing expands `~` there.
      const path = given.replace(/^(["'])(.*)\1$/, "$2").replace(/^~(?=[\\/]|$)/, () => homedir());
      try {
        return await readFile(path, "utf8");
      } catch (cause) {
        throw new AxioError(
          "invalid-argument",
          `${variable} names a certificate file that cannot be read: ${path}. Correct or unset the variable.`,
          { cause },
        );
      }
    }),
  );
  return { ca: [...rootCertificates, ...files] };
}
