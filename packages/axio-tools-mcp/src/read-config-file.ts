import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";

/**
 * The member `mcpServers` of a file: JSON, in which comments and trailing commas may stand.
 *
 * @param path From the folder on, or absolute.
 * @throws AxioError `invalid-argument` that names the file, the line and the remedy.
 */
export async function readConfigFile(path: string, folder: string): Promise<JsonObject> {
  const file = isAbsolute(path) ? path : join(folder, path);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new AxioError(
      "invalid-argument",
      `${file} cannot be read. Correct "file" in the settings, or remove it.`,
      {
        cause,
      },
    );
  }
  const errors: ParseError[] = [];
  const config: JsonValue = parse(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split("\n").length;
    const what = printParseErrorCode(first.error)
      .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
      .toLowerCase();
    throw new AxioError("invalid-argument", `${file}, line ${line}: ${what}. Correct the JSON there.`);
  }
  const servers = isJsonObject(config) ? config["mcpServers"] : undefined;
  if (isJsonObject(servers)) return servers;
  throw new AxioError("invalid-argument", `${file} has no servers. It needs { "mcpServers": { … } }.`);
}
