/** The first bytes of images. File names are too often wrong. */
const IMAGE_SIGNATURES: readonly (readonly [mediaType: string, pattern: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
];

/** PDF readers look for this in the first 1,024 bytes. */
const PDF = /%PDF-/;
const ZIP = /^PK[^ -~]{2}/;
/** The container of Office before 2007. */
const COMPOUND_FILE = /^\xd0\xcf[^ -~]\xe0\xa1\xb1[^ -~]\xe1/;

const OFFICE = "application/vnd.openxmlformats-officedocument";
/** Binary documents, and their first bytes. */
const DOCUMENT_TYPES: { readonly [extension: string]: readonly [mediaType: string, pattern: RegExp] } = {
  ".pdf": ["application/pdf", PDF],
  ".docx": [`${OFFICE}.wordprocessingml.document`, ZIP],
  ".pptx": [`${OFFICE}.presentationml.presentation`, ZIP],
  ".xlsx": [`${OFFICE}.spreadsheetml.sheet`, ZIP],
  ".doc": ["application/msword", COMPOUND_FILE],
  ".ppt": ["application/vnd.ms-powerpoint", COMPOUND_FILE],
  ".xls": ["application/vnd.ms-excel", COMPOUND_FILE],
  ".odt": ["application/vnd.oasis.opendocument.text", ZIP],
  ".rtf": ["application/rtf", /^\{\\rtf/],
};
const TEXT_TYPES: { readonly [extension: string]: string } = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
};

/** The extensions of binary documents. */
export const DOCUMENT_EXTENSIONS: readonly string[] = Object.keys(DOCUMENT_TYPES);

/** Returns the media type of an image, or `undefined` if models do not accept it. */
export function imageType(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, 16);
  return IMAGE_SIGNATURES.find(([, pattern]) => pattern.test(start))?.[0];
}

/**
 * Returns the media type of a document.
 *
 * @param extension With the dot, in lower case.
 * @returns `"misnamed"` if it is not of the type that its name says; `undefined` if it is neither text nor a known document.
 */
export function documentType(bytes: Buffer, extension: string): string | "misnamed" | undefined {
  const start = bytes.toString("latin1", 0, 1024);
  const named = DOCUMENT_TYPES[extension];
  if (named !== undefined) return named[1].test(start) ? named[0] : "misnamed";
  if (isText(bytes)) return TEXT_TYPES[extension] ?? "text/plain";
  return PDF.test(start) ? "application/pdf" : undefined;
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
