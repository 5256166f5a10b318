import { sha256 as portableSha256 } from "@noble/hashes/sha2.js";
import { builtinModule } from "axio/internal";

const crypto = builtinModule<typeof import("node:crypto")>("node:crypto");

/** Returns the SHA-256 of a text in base64url: at once, unlike `crypto.subtle`, and in every runtime. */
export function sha256(text: string): string {
  if (crypto !== undefined) return crypto.createHash("sha256").update(text).digest("base64url");
  return base64Url(portableSha256(new TextEncoder().encode(text)));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
