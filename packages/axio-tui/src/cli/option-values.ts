import { InvalidArgumentError } from "axio-cli/internal";

/**
 * Reads the value of an option that cannot be empty.
 *
 * @throws InvalidArgumentError
 */
export function nonEmpty(value: string): string {
  if (value === "") throw new InvalidArgumentError("It is empty. Omit the option, or name one.");
  return value;
}

/**
 * Reads a whole number from 1 on.
 *
 * @throws InvalidArgumentError
 */
export function count(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || !Number.isSafeInteger(number))
    throw new InvalidArgumentError("It must be an integer from 1 on.");
  return number;
}
