/** The events of a response, in batches: one for each chunk of the network. Leaving the loop closes the connection. */
export interface EventStream<Event> extends AsyncGenerator<readonly Event[], void, undefined> {
  /** Declares the response complete. If the loop is left afterwards, the connection stays open for the next request. */
  finish(): void;
}

/** Creates an event stream from a generator that asks, when it is left, whether the response was declared complete. */
export function createEventStream<Event>(
  read: (isFinished: () => boolean) => AsyncGenerator<readonly Event[], void, undefined>,
): EventStream<Event> {
  let isFinished = false;
  return Object.assign(
    read(() => isFinished),
    {
      finish() {
        isFinished = true;
      },
    },
  );
}
