import { ItemIterator } from "./item-iterator.ts";

const BATCHES: unique symbol = Symbol.for("axio.batches");

/**
 * An async iterable that can also be read in batches: all items of one network chunk at once. Layers that pass items on
 * read batches, so that promises are created per chunk and not per item. `for await` reads single items as usual.
 */
export interface BatchedIterable<T> extends AsyncIterable<T> {
  [BATCHES](): AsyncGenerator<readonly T[], void, undefined>;
}

/**
 * Creates an iterable of items from a generator of batches. Each iteration calls `source`. Leaving the loop runs the
 * `finally` of the generator.
 *
 * @example
 * ```ts
 * import { fromBatches } from "axio/transport";
 *
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

/** Reads any async iterable in batches. One without batches is read in batches of one item. */
export function readBatches<T>(iterable: AsyncIterable<T>): AsyncGenerator<readonly T[], void, undefined> {
  return isBatched(iterable) ? iterable[BATCHES]() : singleBatches(iterable);
}

function isBatched<T>(iterable: AsyncIterable<T>): iterable is BatchedIterable<T> {
  return BATCHES in iterable;
}

async function* singleBatches<T>(iterable: AsyncIterable<T>): AsyncGenerator<readonly T[], void, undefined> {
  for await (const item of iterable) yield [item];
}
