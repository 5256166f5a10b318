/**
 * Returns a module of Node.js, which also Bun and Deno have; `undefined` in browsers and edge runtimes. Without an import,
 * bundlers for those runtimes have nothing to resolve.
 */
export function builtinModule<Module>(name: string): Module | undefined {
  const { process } = globalThis as {
    readonly process?: { readonly getBuiltinModule?: (name: string) => Module | undefined };
  };
  return process?.getBuiltinModule?.(name);
}
