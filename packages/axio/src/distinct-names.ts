import { AxioError } from "./errors.ts";

/** @throws AxioError `invalid-argument` if two tools have the same name. */
export function assertDistinctNames(tools: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of tools) {
    if (names.has(name))
      throw new AxioError(
        "invalid-argument",
        `Two tools are named ${JSON.stringify(name)}. Give each tool its own name.`,
      );
    names.add(name);
  }
}
