import { posix } from "node:path";

/** Where the sources of a release are. */
export interface Source {
  /** The web address of the repository, such as `https://github.com/owner/axio`, without a slash at the end. */
  readonly repository: string;
  /** The tag of the release. */
  readonly tag: string;
}

/**
 * Returns a manifest with the facts that a registry shows: repository, homepage and the address for bugs. The manifests in the
 * sources do not contain them, because the address of the repository is stated at release only.
 *
 * @param directory The directory of the package in the repository.
 */
export function publishedManifest(
  manifest: Readonly<Record<string, unknown>>,
  directory: string,
  { repository }: Source,
): Readonly<Record<string, unknown>> {
  return {
    ...manifest,
    homepage: `${repository}/tree/main/${directory}#readme`,
    bugs: `${repository}/issues`,
    repository: { type: "git", url: `git+${repository}.git`, directory },
  };
}

/**
 * Makes the relative links of a README absolute, so that they work on the page of a registry. They lead to the files of the
 * release.
 */
export function absoluteLinks(markdown: string, directory: string, { repository, tag }: Source): string {
  return markdown.replace(
    /(?<bang>!?)\[(?<text>[^\]]*)\]\((?![a-z]+:|#)(?<path>[^)\s]+)\)/g,
    (_all, bang: string, text: string, path: string) => {
      const target = posix.join(directory, path);
      return `${bang}[${text}](${repository}/${bang === "" ? "blob" : "raw"}/${tag}/${target})`;
    },
  );
}
