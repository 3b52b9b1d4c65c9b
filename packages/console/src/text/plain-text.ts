// oxlint-disable-next-line no-control-regex
const ansi = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
/** They turn the order of the text around them, so that a person reads something else than what stands there. */
const bidirectional = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * Foreign text as it can be shown: without codes for terminals, and with what is invisible made visible. It is shown as
 * text by React, so `<script>` in it is seven characters and nothing more.
 */
export function plainText(text: string): string {
  return text
    .replaceAll(ansi, '')
    .replaceAll(control, '\uFFFD')
    .replaceAll(bidirectional, (mark) => `[U+${mark.codePointAt(0)?.toString(16).toUpperCase()}]`);
}

/** The beginning of a foreign text in one line. */
export function oneLine(text: string, most = 300): string {
  const start = plainText(text.slice(0, most * 2))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return start.length > most ? `${start.slice(0, most)}…` : start;
}
