/** Makes text from a provider fit to be stored and shown: one line, bounded, free of secrets. */
export type CleanText = (text: string) => string;

const maximumLength = 1_000;

/**
 * What looks like a credential, should an endpoint echo one that is not ours to know. Texts can be megabytes long, so
 * each expression looks at a character once: what it has gone through is not gone through again from its middle.
 */
const credentials: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[\w~+/.=-]{8,}/gi,
  /\b(?:sk|pk|rk)-[\w*-]{8,}/g,
];

/** Texts without a blank that may hold a JSON Web Token: three parts, of which the first begins with `{"` in base64. */
const words = /[\w.-]{16,}/g;

function maskToken(word: string): string {
  return word.includes('eyJ') && word.includes('.') ? '[redacted]' : word;
}

/** `secrets` is asked at every call, since access tokens change. */
export function createTextCleaner(secrets: () => readonly string[]): CleanText {
  return (text) => {
    const known = secrets().filter((secret) => secret.length > 0);
    const masked = credentials.reduce(
      (masking, pattern) => masking.replace(pattern, '[redacted]'),
      known.reduce((masking, secret) => masking.replaceAll(secret, '[redacted]'), text),
    );
    const line = masked
      .replaceAll(words, maskToken)
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim();
    return line.length <= maximumLength ? line : `${cut(line, maximumLength - 1)}…`;
  };
}

/** The beginning of a text, never ending in half a character. */
export function cut(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}
