import { AxioError } from "axio";

/** What a tool cannot do, said to the model. */
export function refusal(message: string, cause?: unknown): AxioError {
  return new AxioError("invalid-argument", message, cause === undefined ? {} : { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: a part of its path is a file",
  EISDIR: "is a folder, not a file",
  ELOOP: "is a symbolic link that leads in a circle, or was put there just now",
  EACCES: "cannot be opened: the system denies it",
  EPERM: "cannot be opened: the system denies it",
  EROFS: "cannot be written: the disk is read-only",
  ENOSPC: "cannot be written: the disk is full",
  EDQUOT: "cannot be written: the disk quota is used up",
  ENAMETOOLONG: "has too long a name",
  ENXIO: "is no regular file",
};

/** A failed file operation in words, with the path as the model knows it: the system's own message has another one. */
export function toRefusal(error: unknown, path: string): AxioError {
  if (AxioError.is(error)) return error;
  const code = errorCode(error);
  return refusal(`${path} ${REASONS[code ?? ""] ?? `cannot be used (${code ?? String(error)})`}.`, error);
}

/** The system's code of a failure, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
