import { AxioError } from "axio";
import type { ProxySettings } from "./proxy-settings.ts";

/** Node's own certificates and those of the files. Nothing where no file is named: Node then knows best. */
export async function trustedCertificates({ certificateFiles }: ProxySettings): Promise<{ ca?: string[] }> {
  if (certificateFiles.length === 0) return {};
  const [{ readFile }, { rootCertificates }] = await Promise.all([
    import("node:fs/promises"),
    import("node:tls"),
  ]);
  const files = await Promise.all(
    certificateFiles.map(async ({ variable, path }) => {
      try {
        return await readFile(path, "utf8");
      } catch (cause) {
        throw new AxioError(
          "invalid-argument",
          `${variable} names a file of certificates that cannot be read: ${path}. Correct the variable, or unset it.`,
          { cause },
        );
      }
    }),
  );
  return { ca: [...rootCertificates, ...files] };
}
