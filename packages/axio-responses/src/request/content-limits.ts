import { AxioError, type DataSource } from "axio";

const MIB = 1024 * 1024;

/**
 * The largest image, in bytes. OpenAI documented 20 MB for an image. The limit of the Codex backend is not documented, so
 * this is a safe assumption.
 */
export const LARGEST_IMAGE_BYTES: number = 20 * MIB;

/** The largest document or recording, in bytes: 50 MB for the files of a request in OpenAI's guide to file inputs. */
export const LARGEST_FILE_BYTES: number = 50 * MIB;

/**
 * Checks the size of an attachment.
 *
 * @throws AxioError `unsupported-content` if it is empty or too large.
 */
export function checkSource(
  what: "image" | "file" | "recording",
  name: string | undefined,
  source: DataSource,
): void {
  const subject = name === undefined ? `An attached ${what}` : `The ${what} ${JSON.stringify(name)}`;
  if ((source.kind === "url" ? source.url : source.data) === "") {
    throw new AxioError("unsupported-content", `${subject} is empty. Omit it, or attach one with content.`);
  }
  if (source.kind === "url") return;
  const largest = what === "image" ? LARGEST_IMAGE_BYTES : LARGEST_FILE_BYTES;
  const size = Math.floor((source.data.length * 3) / 4);
  // Up to two characters are padding.
  if (size <= largest + 2) return;
  const remedy = what === "image" ? "Make it smaller" : "Send a part of it";
  throw new AxioError(
    "unsupported-content",
    `${subject} has ${(size / MIB).toFixed(1)} MiB, and the limit is ${largest / MIB} MiB. ${remedy}, or give its URL.`,
  );
}
