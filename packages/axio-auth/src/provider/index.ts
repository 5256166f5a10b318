export {
  createSignIn,
  type SignInActions,
  type SignInDescription,
  type StoreLogin,
  type StoreLogout,
} from "./create-sign-in.ts";
