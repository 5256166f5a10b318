import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { redactSecrets } from "../redact-secrets.ts";
import { credentialsMalformed } from "./store-errors.ts";

/** How credentials are written as JSON. A file that another program owns has a format of its own. */
export interface CredentialFormat<C extends object> {
  /**
   * Reads the credentials out of a document; `undefined` where it holds none.
   *
   * @throws AxioError `credentials-malformed`, whose message says what is wrong, without the place and without secrets.
   */
  decode(document: JsonObject): C | undefined;
  /**
   * Puts the credentials into a document; `undefined` takes them out.
   *
   * @param previous The document as it is now, so that members of others survive.
   * @returns The new document, or `undefined` to delete it.
   */
  encode(credentials: C | undefined, previous: JsonObject | undefined): JsonObject | undefined;
}

/** The newest version of the format that {@link versionedFormat} writes. */
const VERSION = 1;

/**
 * axio's own format: `{ "version": 1, "generation": 7, "credentials": { … } }`. The generation counts the writes, so
 * that no two of them are alike. A document without `version` goes to `parse` as it is: that is how older files are read.
 *
 * @param parse Checks and reads credentials; throws `credentials-malformed`.
 */
export function versionedFormat<C extends object>(parse: (value: JsonObject) => C): CredentialFormat<C> {
  return {
    decode(document) {
      if (!("version" in document)) return parse(document);
      if (document["version"] !== VERSION) {
        throw new AxioError(
          "credentials-malformed",
          `they are of format version ${JSON.stringify(document["version"])} and this axio knows version ${VERSION} (a newer axio may have written them: update this one)`,
        );
      }
      const credentials = document["credentials"];
      if (!isJsonObject(credentials)) {
        throw new AxioError("credentials-malformed", 'the member "credentials" is missing');
      }
      return parse(credentials);
    },
    encode(credentials, previous) {
      if (!credentials) return undefined;
      const generation = previous?.["generation"];
      return {
        version: VERSION,
        generation: typeof generation === "number" ? generation + 1 : 1,
        credentials: JSON.parse(JSON.stringify(credentials)) as JsonObject,
      };
    },
  };
}

/** How the options of a store say what credentials look like: `parse` for axio's own format, or a whole `format`. */
export type FormatChoice<C extends object> =
  | {
      /** Checks and reads credentials; throws `credentials-malformed`. */
      readonly parse: (value: JsonObject) => C;
      readonly format?: undefined;
    }
  | { readonly format: CredentialFormat<C>; readonly parse?: undefined };

/** The format that a store's options ask for. */
export function chosenFormat<C extends object>(choice: FormatChoice<C>): CredentialFormat<C> {
  return choice.format ?? versionedFormat(choice.parse);
}

/** A stored text, read. */
export interface DecodedText<C extends object> {
  readonly document: JsonObject;
  readonly credentials: C | undefined;
}

/**
 * Reads a stored text.
 *
 * @param location Where it comes from, for the message of an error.
 * @throws AxioError `credentials-malformed`.
 */
export function decodeText<C extends object>(
  text: string,
  format: CredentialFormat<C>,
  location: string,
): DecodedText<C> {
  const document = parseDocument(text, location);
  try {
    const credentials = format.decode(document);
    return { document, credentials: credentials && redactSecrets(credentials) };
  } catch (error) {
    if (!AxioError.is(error, "credentials-malformed")) throw error;
    throw credentialsMalformed(location, error.message);
  }
}

/** Writes a document as the text to store. */
export function encodeText(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function parseDocument(text: string, location: string): JsonObject {
  if (text.trim() === "")
    throw credentialsMalformed(location, "nothing is stored there (a write may have been cut off)");
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // The parser's message quotes the text, which holds tokens: it must not become the cause.
    throw credentialsMalformed(location, "they are not JSON (a write may have been cut off)");
  }
  if (!isJsonObject(value)) throw credentialsMalformed(location, "they are not a JSON object");
  return value;
}
