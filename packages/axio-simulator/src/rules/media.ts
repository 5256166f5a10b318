import { platformRefusal, type Refusal } from "./refusal.ts";
import { invalidType } from "./shape.ts";

const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** The first bytes of each image format, in hexadecimal. */
const IMAGE_SIGNATURES = [/^89504e470d0a1a0a/, /^ffd8ff/, /^47494638(37|39)61/, /^52494646.{8}57454250/];

/** Documents with text. Other types, such as audio and archives, are refused. */
const FILE_TYPES =
  /^(text\/[\w.+-]+|application\/(pdf|json|xml|rtf|csv|msword|javascript|typescript|yaml|toml|sql|x-[\w.+-]+|vnd\.[\w.+-]+))$/i;

/** An image is a data URL of one of four formats, or an https URL. */
export function refuseImageUrl(value: unknown, path: string): Refusal | undefined {
  if (typeof value !== "string") return invalidType(value, path, "a string");
  if (/^https:\/\/\S+$/.test(value)) return undefined;
  const expected = `Invalid '${path}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got`;
  const problem = dataUrlProblem(value, (type) => IMAGE_TYPES.includes(type));
  if (problem !== undefined) return platformRefusal(`${expected} ${problem}.`, path, "invalid_value");
  const start = Buffer.from(value.slice(value.indexOf(",") + 1, value.indexOf(",") + 33), "base64");
  if (IMAGE_SIGNATURES.some((signature) => signature.test(start.toString("hex")))) return undefined;
  return platformRefusal(
    "The image data you provided does not represent a valid image. Please check your input and try again with one of the following image formats: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'].",
    path,
    "invalid_value",
  );
}

/** A file is a data URL of a type with text. */
export function refuseFileData(value: unknown, path: string): Refusal | undefined {
  if (typeof value !== "string") return invalidType(value, path, "a string");
  const problem = dataUrlProblem(value, (type) => FILE_TYPES.test(type));
  if (problem === undefined) return undefined;
  return platformRefusal(
    `Invalid file data: '${path}'. Expected a base64-encoded data URL with a valid file MIME type (e.g. 'data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=='), but got ${problem}. Please see https://platform.openai.com/docs/assistants/tools/file-search#supported-files for supported file types.`,
    path,
    "invalid_value",
  );
}

function dataUrlProblem(url: string, isSupported: (type: string) => boolean): string | undefined {
  const [, type, data] = /^data:([\w.+-]+\/[\w.+-]+);base64,(.*)$/s.exec(url) ?? [];
  if (type === undefined || data === undefined) return "a value without the 'data:' prefix";
  if (!isSupported(type)) return `unsupported MIME type '${type}'`;
  if (data === "") return "empty base64-encoded bytes";
  return isBase64(data) ? undefined : "an invalid base64-encoded value";
}

/** Standard base64 (RFC 4648 §4) with its padding and without line breaks. */
function isBase64(data: string): boolean {
  return data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
}
