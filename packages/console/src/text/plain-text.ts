/** Colours and movements of terminals: short, and nothing of a text stands in them. */
// oxlint-disable-next-line no-control-regex
const ansi = /\u001B\[[0-9;:?]{0,20}[A-HJKSTfhlmnsu]/g;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
/**
 * Marks that turn the order of the text around them, so that a person reads something else than what stands there, and
 * letters that models read and people do not see (tags).
 */
const deceptive = /[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/gu;

/**
 * Foreign text as it can be shown: without the colours of terminals, and with what is invisible made visible. Nothing
 * else is left out: titles and links for terminals hold text, which could be what somebody decides about. It is shown as
 * text by React, so `<script>` in it is seven characters and nothing more.
 */
export function plainText(text: string): string {
  return text
    .replaceAll(ansi, '')
    .replaceAll(control, '\uFFFD')
    .replaceAll(deceptive, (mark) => `[U+${mark.codePointAt(0)?.toString(16).toUpperCase()}]`);
}

/** The beginning of a foreign text in one line; it ends with `…` where anything was left out. */
export function oneLine(text: string, most = 300): string {
  const start = wholeLine(text.slice(0, most * 2));
  const isCut = text.length > most * 2 || start.length > most;
  return isCut ? `${start.slice(0, most)}…` : start;
}

/** A whole foreign text without its breaks. */
export function wholeLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').trim();
}
