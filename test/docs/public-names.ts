import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A name that users can import. */
export interface PublicName {
  readonly entry: string;
  readonly name: string;
  readonly isDocumented: boolean;
}

interface Manifest {
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, { readonly "axio-source"?: string } | string>>;
}

/** Lists the exported names of all public entries, except `./internal`. */
export function findPublicNames(root: string): readonly PublicName[] {
  return readdirSync(join(root, "packages")).flatMap((directory) => {
    const file = join(root, "packages", directory, "package.json");
    if (!existsSync(file)) return [];
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    if (manifest.private === true) return [];
    return Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) => {
      const source = typeof target === "string" ? undefined : target["axio-source"];
      if (source === undefined || entry.endsWith("/internal")) return [];
      return namesOf(join(root, "packages", directory, source)).map(({ name, isDocumented }) => ({
        entry: join(directory, entry),
        name,
        isDocumented,
      }));
    });
  });
}

/** Reads the exports of a module. Names from other packages are checked there. */
function namesOf(file: string): readonly Omit<PublicName, "entry">[] {
  const text = readFileSync(file, "utf8");
  const documented = new Map<string, boolean>();
  for (const { index, groups } of text.matchAll(DECLARATION)) {
    const name = groups?.["name"] ?? "";
    // Overloads share the comment of the first one.
    documented.set(name, documented.get(name) === true || /\*\/\s*$/.test(text.slice(0, index)));
  }
  const declared = [...documented].map(([name, isDocumented]) => ({ name, isDocumented }));
  const forwarded = [...text.matchAll(REEXPORT)].flatMap((match) => {
    const { list = "", from = "" } = match.groups ?? {};
    if (!from.startsWith(".")) return [];
    const originals = new Map(
      namesOf(join(dirname(file), from)).map(({ name, isDocumented }) => [name, isDocumented]),
    );
    return list
      .split(",")
      .map((item) => item.trim().replace(/^type /, ""))
      .filter((item) => item !== "")
      .map((item) => {
        const [original = "", name = original] = item.split(" as ");
        return { name, isDocumented: originals.get(original) === true };
      });
  });
  return [...declared, ...forwarded];
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let|enum) (?<name>\w+)/gm;
const REEXPORT = /^export (?:type )?\{(?<list>[^}]*)\} from "(?<from>[^"]+)";/gm;
