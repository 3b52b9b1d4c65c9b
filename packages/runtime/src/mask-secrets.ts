const maskings: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1[redacted]@'],
  [/\b(bearer|basic)\s+[\w~+/.=-]{8,}/gi, '$1 [redacted]'],
  [/\b(sk|pk|rk)-[\w*-]{8,}/g, '[redacted]'],
  [/\bwhsec_[\w+/=-]{8,}/g, '[redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/([?&](?:access_token|refresh_token|client_secret|token|code)=)[^&\s"']+/gi, '$1[redacted]'],
];

/** Replaces what looks like a credential in free text: URL passwords, bearer values, API keys, JWTs. */
export function maskSecrets(text: string): string {
  return maskings.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
}
