import { ItemIterator } from "./item-iterator.ts";

const BATCHES: unique symbol = Symbol.for("axio.batches");

/**
 * An async iterable that can also be read in batches: all items that one chunk of the network brought, at once.
 * A layer that passes items on reads batches, so that the cost of a promise is paid for each chunk and not for each item
 * and layer. Who iterates in the usual way notices nothing.
 */
export interface BatchedIterable<T> extends AsyncIterable<T> {
  [BATCHES](): AsyncGenerator<readonly T[], void, undefined>;
}

/**
 * Makes an iterable of items from a generator of batches. Each iteration calls `source` anew.
 * Leaving the loop runs the generator's `finally`.
 *
 * @example
 * ```ts
 * const numbers = fromBatches(async function* () {
 *   yield [1, 2, 3];
 *   yield [4];
 * });
 * for await (const number of numbers) console.log(number);
 * ```
 */
export function fromBatches<T>(
  source: () => AsyncGenerator<readonly T[], void, undefined>,
): BatchedIterable<T> {
  return { [BATCHES]: source, [Symbol.asyncIterator]: () => new ItemIterator(source()) };
}

/** Reads any async iterable in batches: its own where it has them, else of one item each. */
export function readBatches<T>(iterable: AsyncIterable<T>): AsyncGenerator<readonly T[], void, undefined> {
  return isBatched(iterable) ? iterable[BATCHES]() : singleBatches(iterable);
}

function isBatched<T>(iterable: AsyncIterable<T>): iterable is BatchedIterable<T> {
  return BATCHES in iterable;
}

async function* singleBatches<T>(iterable: AsyncIterable<T>): AsyncGenerator<readonly T[], void, undefined> {
  for await (const item of iterable) yield [item];
}
