import { AxioError, type DataSource } from "axio";

const MIB = 1024 * 1024;

/**
 * The largest picture, in bytes. OpenAI documented 20 MB for one picture; what the Codex backend takes is not documented,
 * so this is on the safe side.
 */
export const LARGEST_IMAGE_BYTES: number = 20 * MIB;

/** The largest document or recording, in bytes: 50 MB for the files of one request, in OpenAI's guide to file inputs. */
export const LARGEST_FILE_BYTES: number = 50 * MIB;

/**
 * Checks the size of what is sent along.
 *
 * @throws AxioError `unsupported-content` where it is empty or too large.
 */
export function checkSource(
  what: "picture" | "file" | "recording",
  name: string | undefined,
  source: DataSource,
): void {
  const called = name === undefined ? `A ${what}` : `The ${what} ${JSON.stringify(name)}`;
  if ((source.kind === "url" ? source.url : source.data) === "") {
    throw new AxioError(
      "unsupported-content",
      `${called} is empty. Leave it out, or give one that holds something.`,
    );
  }
  if (source.kind === "url") return;
  const largest = what === "picture" ? LARGEST_IMAGE_BYTES : LARGEST_FILE_BYTES;
  const size = Math.floor((source.data.length * 3) / 4);
  // Padding takes up to two characters.
  if (size <= largest + 2) return;
  const remedy = what === "picture" ? "Make it smaller" : "Send a part of it";
  throw new AxioError(
    "unsupported-content",
    `${called} has ${(size / MIB).toFixed(1)} MiB, and at most ${largest / MIB} MiB can be sent. ${remedy}, or give its address.`,
  );
}
