export { errorForUsers, type UserError } from "./error-for-users.ts";
export { type ToResponseOptions, toResponse } from "./to-response.ts";
