export { API_BASE_URL, ISSUER, USAGE_PAGE } from "./config.ts";
export {
  type Identity,
  type IdTokenExpectation,
  IdTokenVerifier,
  type IdTokenVerifierOptions,
} from "./oauth/id-token.ts";
