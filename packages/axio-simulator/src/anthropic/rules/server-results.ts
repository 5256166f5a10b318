import {
  anyObject,
  anything,
  type Check,
  type Checks,
  listOf,
  nullable,
  number,
  oneOf,
  shape,
  tagged,
  text,
} from "./check.ts";

const TEXT = text();
const CODE = shape({ error_code: TEXT }, { error_message: nullable(TEXT) });
const RUN = { content: listOf(anyObject), return_code: number(-Infinity), stderr: TEXT };

/** The names of the tools that the service runs. */
export const SERVER_TOOL_NAMES = [
  "advisor",
  "web_search",
  "web_fetch",
  "code_execution",
  "bash_code_execution",
  "text_editor_code_execution",
  "tool_search_tool_regex",
  "tool_search_tool_bm25",
];

const WEB_SEARCH_RESULT = tagged({
  web_search_result: shape({ url: TEXT, title: TEXT, encrypted_content: TEXT }, { page_age: nullable(TEXT) }),
});
const WEB_SEARCH_ERROR = tagged({ web_search_tool_result_error: CODE });

/** The content of the result of each hosted tool, by the type of its block. */
const CONTENTS: Checks = {
  web_search_tool_result: (value, path) =>
    Array.isArray(value) ? listOf(WEB_SEARCH_RESULT)(value, path) : WEB_SEARCH_ERROR(value, path),
  web_fetch_tool_result: tagged({
    web_fetch_result: shape({ url: TEXT, content: anyObject }, { retrieved_at: nullable(TEXT) }),
    web_fetch_tool_result_error: CODE,
  }),
  code_execution_tool_result: tagged({
    code_execution_result: shape({ ...RUN, stdout: TEXT }),
    encrypted_code_execution_result: shape({ ...RUN, encrypted_stdout: TEXT }),
    code_execution_tool_result_error: CODE,
  }),
  bash_code_execution_tool_result: tagged({
    bash_code_execution_result: shape({ ...RUN, stdout: TEXT }),
    bash_code_execution_tool_result_error: CODE,
  }),
  text_editor_code_execution_tool_result: tagged({
    text_editor_code_execution_view_result: shape(
      { content: TEXT, file_type: oneOf("text", "image", "pdf") },
      { num_lines: anything, start_line: anything, total_lines: anything },
    ),
    text_editor_code_execution_create_result: shape({ is_file_update: anything }),
    text_editor_code_execution_str_replace_result: anyObject,
    text_editor_code_execution_tool_result_error: CODE,
  }),
  tool_search_tool_result: tagged({
    tool_search_tool_search_result: shape({
      tool_references: listOf(
        tagged({ tool_reference: shape({ tool_name: TEXT }, { cache_control: anything }) }),
      ),
    }),
    tool_search_tool_result_error: CODE,
  }),
  advisor_tool_result: tagged({
    advisor_result: shape({ text: TEXT }, { stop_reason: nullable(TEXT) }),
    advisor_redacted_result: shape({ encrypted_content: TEXT }, { stop_reason: nullable(TEXT) }),
    advisor_tool_result_error: CODE,
  }),
};

/** The blocks with the result of a hosted tool, given the checks of their other members. */
export function serverResults(id: Check, shared: Checks): Checks {
  return Object.fromEntries(
    Object.entries(CONTENTS).map(([type, content]) => [type, shape({ tool_use_id: id, content }, shared)]),
  );
}
