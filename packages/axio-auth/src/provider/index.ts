export type {
  ApiKeyActions,
  ApiKeyCheck,
  ApiKeyPlan,
  ApiKeySignInDescription,
} from "./api-key-description.ts";
export { createApiKeySignIn } from "./create-api-key-sign-in.ts";
export {
  createSignIn,
  type SignInActions,
  type SignInDescription,
  type StoreLogin,
  type StoreLogout,
} from "./create-sign-in.ts";
