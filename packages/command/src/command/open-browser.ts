import open from 'open';

/**
 * Shows a link in the system's browser. The answer does not say whether a browser appeared: the link is printed too.
 *
 * @throws Error if the link is not a web address, or nothing could be started.
 */
export async function openBrowser(link: string): Promise<void> {
  const { protocol } = new URL(link);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`the link is not a web address but ${protocol}`);
  }
  const process = await open(link);
  // Without a desktop the opener fails after it was started; that must not end the command.
  process.on('error', () => undefined);
}
