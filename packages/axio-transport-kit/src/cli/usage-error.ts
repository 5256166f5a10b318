/** The command was called in a way it does not know. Exit code 2. */
export class UsageError extends Error {
  /** What to do instead. */
  readonly advice: string;

  constructor(what: string, advice: string) {
    super(what);
    this.advice = advice;
  }
}
