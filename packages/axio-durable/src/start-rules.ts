import { GENERATION_RULES, isObject, isString, MAX_STEPS, type OptionRules } from "axio/internal";

const isText = (value: unknown): boolean => isString(value) && String(value).trim() !== "";
const ID = { isValid: isText, expected: "an id as a string" };

/** The options of a run that its client may decide about. */
const COMMON = {
  conversationId: ID,
  runId: ID,
  model: { isValid: isText, expected: "the id of a model" },
  effort: { isValid: isText, expected: 'a reasoning effort, such as "high"' },
  ...GENERATION_RULES,
};

/** The rules of `StartOptions`. */
export const START_RULES: OptionRules = {
  ...COMMON,
  maxSteps: MAX_STEPS,
  budget: { isValid: isObject, expected: "an object: { maxTokens, deadlineAt }" },
};

/** The rules of the body of `POST /runs`. The program sets the limits of a run, not its client. */
export const START_REQUEST_RULES: OptionRules = {
  prompt: { isValid: isText, expected: "a text that is not empty", isRequired: true },
  ...COMMON,
};
