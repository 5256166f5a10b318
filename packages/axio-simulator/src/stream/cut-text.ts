/** Splits text into chunks of about a token: words with leading white space, at most 12 characters. */
export function cutText(text: string): string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  return words.flatMap((word) => {
    const characters = [...word];
    return Array.from({ length: Math.ceil(characters.length / 12) }, (_, index) =>
      characters.slice(index * 12, index * 12 + 12).join(""),
    );
  });
}

/** Padding that hides the length of a delta. */
export function obfuscation(delta: string): string {
  const letters = "kQ7mZx2RtB9wLc4VnD6sHy8PfJ3gK5aE";
  const start = delta.length % 16;
  return letters.slice(start, start + 16 - Math.min(15, delta.length));
}
