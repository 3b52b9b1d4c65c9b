/** Makes text from a provider fit to be stored and shown: one line, bounded, free of secrets. */
export type CleanText = (text: string) => string;

const maximumLength = 1_000;

/** What looks like a credential, should an endpoint echo one that is not ours to know. */
const credentials: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[\w~+/.=-]{8,}/gi,
  /\b(?:sk|pk|rk)-[\w*-]{8,}/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
];

/** `secrets` is asked at every call, since access tokens change. */
export function createTextCleaner(secrets: () => readonly string[]): CleanText {
  return (text) => {
    const known = secrets().filter((secret) => secret.length > 0);
    const masked = credentials.reduce(
      (masking, pattern) => masking.replace(pattern, '[redacted]'),
      known.reduce((masking, secret) => masking.replaceAll(secret, '[redacted]'), text),
    );
    const line = masked.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
    return line.length <= maximumLength ? line : `${cut(line, maximumLength - 1)}…`;
  };
}

/** The beginning of a text, never ending in half a character. */
export function cut(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}
