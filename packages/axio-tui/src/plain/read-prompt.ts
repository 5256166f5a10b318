import { AxioError } from "axio";

/** In characters. */
const LONGEST_PROMPT = 2_000_000;

/**
 * Reads all of standard input as a prompt.
 *
 * @throws AxioError `invalid-argument` where it is too long or no text.
 */
export async function readPrompt(stdin: NodeJS.ReadStream): Promise<string> {
  if (stdin.isTTY) return "";
  stdin.setEncoding("utf8");
  let text = "";
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > LONGEST_PROMPT)
      throw new AxioError(
        "invalid-argument",
        "What was piped in has more than 2 MB. Give a part of it, or the path of a file.",
      );
  }
  if (text.includes("\0"))
    throw new AxioError(
      "invalid-argument",
      "What was piped in is no text. Give the path of a file in the prompt.",
    );
  return text;
}
