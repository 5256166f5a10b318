import type { ErrorCode } from "axio";

/** What an error of the API comes to. */
export interface ErrorClass {
  readonly code: ErrorCode;
  readonly retryable?: true;
  /** What happened, and what the person can do. */
  readonly message: string;
}
