/** A member of a Git configuration: `filter.lfs.clean`, with the section and the last part in lower case. */
export interface GitSetting {
  readonly name: string;
  readonly value: string;
}

/** Members of a Git configuration that name no program and no other configuration. All others can run something. */
const HARMLESS: readonly RegExp[] = [
  /^core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|quotepath|preloadindex|untrackedcache|abbrev|compression|longpaths|protectntfs|protecthfs|sparsecheckout|sparsecheckoutcone|multipackindex|commitgraph|trustctime|checkstat|sharedrepository|deltabasecachelimit|packedgitlimit|bigfilethreshold)$/,
  /^remote\.[\s\S]*\.(?:fetch|push|mirror|prune|prunetags|tagopt|skipdefaultupdate|skipfetchall|promisor|partialclonefilter|gh-resolved|lfsurl)$/,
  /^branch\.[\s\S]*\.(?:remote|merge|rebase|pushremote|description|vscode-merge-base|gh-merge-base|github-pr-owner-number)$/,
  /^(?:user|author|committer)\.(?:name|email|useconfigonly)$/,
  /^user\.signingkey$/,
  /^(?:commit|tag)\.gpgsign$/,
  /^submodule\.(?:[\s\S]*\.)?(?:active|branch|recurse|ignore|fetchrecursesubmodules|shallow)$/,
  /^extensions\.(?:objectformat|worktreeconfig|partialclone|refstorage|preciousobjects|noop)$/,
  /^(?:init|push|pull|fetch|rebase|color|gc|pack|index|feature|advice|status|log|rerere|column|maintenance)\.(?!templatedir$|recentobjectshook$)[a-z.]*$/,
  /^lfs\.(?:repositoryformatversion|[\s\S]*\.(?:access|locksverify))$/,
  /^merge\.(?:ff|conflictstyle|renames|stat|log)$/,
  /^diff\.(?:renames|algorithm|mnemonicprefix|colormoved|noprefix|submodule|context)$/,
];
const URL_NAME = /^(?:remote|submodule)\.[\s\S]*\.(?:url|pushurl)$/;
/** An address of a known kind. `ext::` and a leading dash start programs. */
const HARMLESS_URL =
  /^(?:(?:https?|ssh|git|file):\/\/|[\w.-]+@[\w.-]+:|[\w.-]+:[\w.~/-]+$|\.{0,2}\/|[\w.]+[\w./-]*$)/i;

/** Members that run no program if they are empty. Git reports an external diff that is empty, and ignores the others. */
const REMOVABLE =
  /^(?:filter\.[\s\S]*\.(?:clean|smudge|process)|diff\.external|diff\.[\s\S]*\.(?:command|textconv))$/;

/** Returns the members of a Git configuration that can run a program or include another configuration, in order. */
export function programSettings(text: string): readonly GitSetting[] {
  return readGitConfig(text).filter(({ name, value }) => {
    if (name === "core.fsmonitor") return !/^(?:|0|no|off|false)$/i.test(value);
    if (URL_NAME.test(name)) return !HARMLESS_URL.test(value);
    return !HARMLESS.some((pattern) => pattern.test(name));
  });
}

/**
 * Reads the format of `git config`. Text that cannot be read as a member is returned as one, so that nothing is overlooked.
 *
 * @see https://git-scm.com/docs/git-config#_configuration_file
 */
export function readGitConfig(text: string): readonly GitSetting[] {
  const settings: GitSetting[] = [];
  let section = "";
  const lines = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .replaceAll(/\\\n/g, "")
    .split("\n");
  for (const line of lines) {
    let rest = line.trim();
    const head = /^\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(rest);
    if (head !== null) {
      const [whole, name = "", part] = head;
      section =
        part === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${part.replaceAll(/\\(.)/g, "$1")}`;
      rest = rest.slice(whole.length).trim();
    }
    if (rest === "" || /^[#;]/.test(rest)) continue;
    const member = /^([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*([\s\S]*))?$/.exec(rest);
    if (member === null) settings.push({ name: "?", value: rest });
    else settings.push({ name: `${section}.${(member[1] ?? "").toLowerCase()}`, value: textOf(member[2]) });
  }
  return settings;
}

/** Removes quotes, escapes and a comment. A member without a value is true. */
function textOf(text: string | undefined): string {
  if (text === undefined) return "true";
  let value = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\") {
      at += 1;
      value += text[at] ?? "";
    } else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === "#" || character === ";")) break;
    else value += character;
  }
  return value.trim();
}

/**
 * Returns environment variables with which Git runs neither the file system monitor, nor hooks, nor filters, nor diff programs
 * of a repository, and takes no folder inside another repository for a repository.
 *
 * @param settings The members of the repository's configuration that can run a program.
 */
export function quietGit(settings: readonly GitSetting[]): Readonly<Record<string, string>> {
  const off = new Map([
    ["safe.bareRepository", "explicit"],
    ["core.fsmonitor", "false"],
    ["core.hooksPath", "/dev/null"],
  ]);
  for (const { name } of settings) if (REMOVABLE.test(name)) off.set(name, "");
  const entries = [...off].flatMap(([key, value], index): readonly (readonly [string, string])[] => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(off.size), ...Object.fromEntries(entries) };
}
