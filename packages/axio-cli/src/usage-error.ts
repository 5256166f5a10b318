/** The command was called with wrong arguments. Exit code 2. */
export class UsageError extends Error {
  /** The advice. */
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}
