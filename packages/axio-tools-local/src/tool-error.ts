import { AxioError } from "axio";
import { errorCode } from "axio/internal";

/** Creates an error whose message goes to the model. */
export function toolError(message: string, cause?: unknown): AxioError {
  return new AxioError("invalid-argument", message, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: a part of its path is a file",
  EISDIR: "is a directory, not a file",
  ELOOP: "is a symbolic link in a cycle, or was replaced by a link",
  EACCES: "cannot be opened: permission denied",
  EPERM: "cannot be opened: permission denied",
  EROFS: "cannot be written: the file system is read-only",
  ENOSPC: "cannot be written: the disk is full",
  EDQUOT: "cannot be written: the disk quota is exceeded",
  ENAMETOOLONG: "has too long a name",
  ENXIO: "is not a regular file",
};

/** Converts a file system error. The message names the path that the model used, not the system's. */
export function toToolError(error: unknown, path: string): AxioError {
  if (AxioError.is(error)) return error;
  const code = errorCode(error);
  return toolError(`${path} ${REASONS[code ?? ""] ?? `cannot be used (${code ?? String(error)})`}.`, error);
}
