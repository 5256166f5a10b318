export { fromBatches, readBatches } from "./batches.ts";
export { builtinModule } from "./builtin-module.ts";
export { type CachedHistory, extendHistory, knownHistory, NO_HISTORY } from "./cached-history.ts";
export {
  assertAtLeast,
  assertKnownOptions,
  checkOptions,
  hasMethods,
  isObject,
  isString,
  OPTION,
  type OptionRule,
  type OptionRules,
  oneOf,
  type RulesOf,
  required,
} from "./check-options.ts";
export { hideTokens, htmlTitle, isHtml, truncateForMessage } from "./clean-text.ts";
export { DelegatingStore } from "./delegating-store.ts";
export { delegatingTransport } from "./delegating-transport.ts";
export { assertDistinctNames } from "./distinct-names.ts";
export { errorReporter } from "./error-reporter.ts";
export { errorCode, errorText, toAxioError } from "./error-text.ts";
export { findModel } from "./find-model.ts";
export { checkGeneration, GENERATION_RULES, generationSettingsIn, pickGeneration } from "./generation.ts";
export { isDecision } from "./guards.ts";
export { HeadTailBuffer, trimSurrogates } from "./head-tail-buffer.ts";
export { withoutUndefined } from "./json.ts";
export { isTooDeep } from "./json-depth.ts";
export { type OpenedStream, openStream } from "./open-stream.ts";
export { MAX_STEPS, promptBlocks } from "./option-rules.ts";
export { stepFingerprint } from "./repetition.ts";
export { appendInfo } from "./run-step.ts";
export { ChangeListeners } from "./runs/change-listeners.ts";
export { mapSubschemas } from "./schema/keywords.ts";
export { definitionName, readDocument } from "./schema/schema-document.ts";
export { OUTPUT_OWNER, toolOwner } from "./schema/schema-owner.ts";
export { strictWarnings, toSentSchema } from "./schema/sent-schema.ts";
export { STRICT_SUBSET, type StrictSubset } from "./schema/strict-subset.ts";
export { runWithTimeout } from "./schema/time-limit.ts";
export { searchExcerpt, searchWords } from "./search-text.ts";
export { encodeBytes, type RunEncoder, readableRun } from "./server/readable-run.ts";
export { Step } from "./step.ts";
export { DEFAULT_LAST_STEP_MESSAGE, newPrompt, type RequestSettings, stepRequest } from "./step-request.ts";
export { decodeMessages, encodeMessages, previewOf, type StoredMessage } from "./stored-message.ts";
export {
  type ForkOptions,
  type SessionFields,
  type StoredSession,
  toStoredSession,
} from "./stored-session.ts";
export {
  type AllowedCall,
  effectOf,
  knownResult,
  outOfStepsResult,
  runTool,
  unknownResult,
} from "./tool-runner.ts";
export { EventPattern } from "./wire/event-pattern.ts";
export { fingerprint } from "./wire/fingerprint.ts";
export { type Media, type MediaLimits, readMedia, readTextFile, toUrl } from "./wire/media.ts";
export { toWire } from "./wire/to-wire.ts";
