/** Returns a function that passes errors to a callback. One that fails does not disturb the work that reports them. */
export function errorReporter(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (error) => {
    try {
      onError?.(error);
    } catch {
      // The error was retried or will be, whatever the callback does with it.
    }
  };
}
