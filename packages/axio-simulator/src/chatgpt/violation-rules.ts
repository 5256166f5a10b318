import type { RecordedRequest } from "../http/recorded-request.ts";
import type { ChatGPTState } from "./state.ts";

const FOREIGN_HEADERS: readonly string[] = ["originator", "openai-organization", "openai-project"];

/** Records the violations of a request to any path. */
export function noteRequest(request: RecordedRequest, state: ChatGPTState): void {
  const { violations } = state;
  if (request.path.includes("/backend-api")) {
    violations.add("backend_path", request, `a call of ${request.path}`);
  }
  if (request.headers["chatgpt-account-id"] !== undefined) {
    violations.add("account_header", request, "the header ChatGPT-Account-Id");
  }
  for (const name of FOREIGN_HEADERS.filter((header) => request.headers[header] !== undefined)) {
    violations.add("foreign_header", request, `the header ${name}`);
  }
  if (request.headers["content-encoding"] !== undefined) {
    violations.add("compressed_body", request, "a body with Content-Encoding");
  }
  for (const [name, value] of request.query) {
    const isHint = name === "id_token_hint" && request.path.endsWith("/authorize");
    if (!isHint && (state.vault.isToken(value) || /^ey[\w-]+\.ey[\w-]+\./.test(value))) {
      violations.add("token_in_url", request, `a token as the parameter ${name}`);
    }
  }
}
