import { sha256 as hash } from "@noble/hashes/sha2.js";

/** Returns the SHA-256 of a text in base64url, at once, unlike `crypto.subtle`. */
export function sha256(text: string): string {
  return btoa(String.fromCharCode(...hash(new TextEncoder().encode(text))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
