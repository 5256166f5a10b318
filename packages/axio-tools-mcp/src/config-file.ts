import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";

/**
 * Reads the member `mcpServers` of a JSON text. Comments and trailing commas are allowed.
 *
 * @param file The file, for messages.
 * @throws AxioError `invalid-argument` with the file, the line and the remedy.
 */
export function parseConfigFile(text: string, file: string): JsonObject {
  const errors: ParseError[] = [];
  const config: JsonValue = parse(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split("\n").length;
    const problem = printParseErrorCode(first.error)
      .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
      .toLowerCase();
    throw new AxioError("invalid-argument", `${file}, line ${line}: ${problem}. Fix the JSON there.`);
  }
  const servers = isJsonObject(config) ? config["mcpServers"] : undefined;
  if (isJsonObject(servers)) return servers;
  throw new AxioError("invalid-argument", `${file} has no servers. It needs { "mcpServers": { … } }.`);
}
