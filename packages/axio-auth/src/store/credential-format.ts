import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { hasMethods, type OptionRule } from "axio/internal";
import { redactSecrets } from "../redact-secrets.ts";
import { credentialsMalformed } from "./store-errors.ts";
import { withoutByteOrderMark } from "./text-encoding.ts";

/** The JSON document that credentials are stored in. */
export interface CredentialFormat<C extends object> {
  /**
   * Reads the credentials from a document; returns `undefined` if it has none.
   *
   * @throws AxioError `credentials-malformed`, whose message names the problem, without the location and without secrets.
   */
  decode(document: JsonObject): C | undefined;
  /**
   * Writes the credentials into a document; `undefined` removes them.
   *
   * @param previous The current document, so that properties of other programs are preserved.
   * @returns The new document, or `undefined` to delete it.
   */
  encode(credentials: C | undefined, previous: JsonObject | undefined): JsonObject | undefined;
  /**
   * Whether the provider's terms let users keep these credentials only where they control the machine. Stores that several
   * machines share refuse them, unless the user says so. Default: `false`.
   */
  readonly isPersonal?: boolean | undefined;
}

/** The rule of an option that is a {@link CredentialFormat}. */
export const FORMAT_RULE: OptionRule = {
  isValid: hasMethods("decode", "encode"),
  expected: "a format, such as versionedFormat({ parse })",
};

/** Converts credentials to and from JSON. */
export interface CredentialCodec<C extends object> {
  /** Validates and reads credentials. Throws `credentials-malformed`. */
  readonly parse: (value: JsonObject) => C;
  /** Default: all properties as they are. */
  readonly serialize?: ((credentials: C) => object) | undefined;
  /** See `CredentialFormat`. Default: `false`. */
  readonly isPersonal?: boolean | undefined;
}

/** The version of the format that {@link versionedFormat} writes. */
const VERSION = 1;

/**
 * Returns axio's own format: `{ "version": 1, "generation": 7, "credentials": { … } }`. The generation counts the writes, so
 * that no two documents are equal. A document without `version` is an older file, and is parsed as the credentials.
 */
export function versionedFormat<C extends object>({
  parse,
  serialize = (credentials) => credentials,
  isPersonal = false,
}: CredentialCodec<C>): CredentialFormat<C> {
  return {
    isPersonal,
    decode(document) {
      if (!("version" in document)) return parse(document);
      if (document["version"] !== VERSION) {
        throw new AxioError(
          "credentials-malformed",
          `their format has version ${JSON.stringify(document["version"])}, and this axio supports version ${VERSION} (update axio if a newer one wrote them)`,
        );
      }
      const credentials = document["credentials"];
      if (!isJsonObject(credentials)) {
        throw new AxioError("credentials-malformed", 'the property "credentials" is missing');
      }
      return parse(credentials);
    },
    encode(credentials, previous) {
      if (!credentials) return undefined;
      const generation = previous?.["generation"];
      return {
        version: VERSION,
        generation: typeof generation === "number" ? generation + 1 : 1,
        credentials: JSON.parse(JSON.stringify(serialize(credentials))) as JsonObject,
      };
    },
  };
}

/** A stored text and its content. */
export interface DecodedText<C extends object> {
  readonly text: string;
  readonly document: JsonObject;
  readonly credentials: C | undefined;
}

/**
 * Decodes a stored text.
 *
 * @param location The location, for error messages.
 * @throws AxioError `credentials-malformed`.
 */
export function decodeText<C extends object>(
  text: string,
  format: CredentialFormat<C>,
  location: string,
): DecodedText<C> {
  const document = parseDocument(text, location);
  // A file that cannot be removed, such as a mount point, is emptied instead.
  if (Object.keys(document).length === 0) return { text, document, credentials: undefined };
  try {
    const credentials = format.decode(document);
    return { text, document, credentials: credentials && redactSecrets(credentials) };
  } catch (error) {
    if (!AxioError.is(error, "credentials-malformed")) throw error;
    throw credentialsMalformed(location, error.message);
  }
}

/** The text of a file that cannot be removed, but has no credentials. */
export const EMPTY_TEXT = "{}\n";

/** Returns a document as the text to store. */
export function encodeText(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function parseDocument(stored: string, location: string): JsonObject {
  const text = withoutByteOrderMark(stored);
  if (text === undefined)
    throw credentialsMalformed(location, "they are in UTF-16. Save them in UTF-8 to keep them");
  if (text.trim() === "")
    throw credentialsMalformed(location, "they are empty (a write may have been interrupted)");
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // The message of the parser quotes the text, which has tokens, so it must not become the cause.
    throw credentialsMalformed(location, "they are not JSON (a write may have been interrupted)");
  }
  if (!isJsonObject(value)) throw credentialsMalformed(location, "they are not a JSON object");
  return value;
}
