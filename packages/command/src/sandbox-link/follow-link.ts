import { isLoopbackName } from '@pawl/runtime/loopback';
import { type Browser, createBrowser, type Visit } from './browser.ts';
import { findForm } from './find-form.ts';

export interface FollowLinkSettings {
  /** The sandbox's origin: nothing is approved anywhere else. */
  readonly sandboxUrl: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/**
 * Does what a person would with an authorization link of the sandbox: opens it, presses "Continue" on the
 * gateway's page and "Approve" on the sandbox's, and lets the browser return to the gateway.
 *
 * @throws Error that says where it went wrong, without the link's secret parts.
 */
export async function followLink(link: string, settings: FollowLinkSettings): Promise<void> {
  const { sandboxUrl, fetch, signal } = settings;
  const gateway = new URL(link);
  const browser = createBrowser({
    fetch,
    signal,
    mayVisit: (url) => isSameOrigin(url, gateway) || isSameOrigin(url, sandboxUrl),
  });

  const consent = await goOn(browser, await browser.visit(gateway), gateway);
  if (isSettled(consent, gateway)) return;
  if (consent.kind === 'led_away' || !isSameOrigin(consent.url, sandboxUrl)) {
    throw new Error(`it led to ${placeOf(consent)} and not to the sandbox's consent page`);
  }
  const form = findForm(consent.html, consent.url, 'approve');
  if (form === undefined) throw new Error(`there is nothing to approve at ${placeOf(consent)}`);
  if (!isSameOrigin(form.action, sandboxUrl)) {
    throw new Error(
      `the consent page's form goes to ${form.action.host}, which is not the sandbox`,
    );
  }

  const last = await browser.submit(form.action, form.method, form.fields);
  // The gateway may send the browser on to an application's own page, which is none of ours.
  if (last.kind === 'page' && last.status >= 400) {
    throw new Error(`the approval ended with status ${last.status} at ${placeOf(last)}`);
  }
}

/** Presses "Continue" on the gateway's own page, where it shows one. */
async function goOn(browser: Browser, opened: Visit, gateway: URL): Promise<Visit> {
  if (opened.kind === 'led_away' || !isSameOrigin(opened.url, gateway)) return opened;
  const form = findForm(opened.html, opened.url, 'continue');
  if (form === undefined || !isSameOrigin(form.action, gateway)) return opened;
  return browser.submit(form.action, form.method, form.fields);
}

/** The gateway asks nothing any more: the account became active another way, and the job went on. */
function isSettled(visit: Visit, gateway: URL): boolean {
  return (
    visit.kind === 'page' &&
    isSameOrigin(visit.url, gateway) &&
    (visit.status === 200 || visit.status === 410)
  );
}

function placeOf(visit: Visit): string {
  return visit.kind === 'page' ? `${visit.url.host} (status ${visit.status})` : visit.url.host;
}

/** Whether two addresses are one origin; the loopback's names count as one. */
export function isSameOrigin(one: URL, other: URL): boolean {
  if (one.origin === other.origin) return true;
  return (
    one.protocol === other.protocol &&
    one.port === other.port &&
    isLoopbackName(one.hostname) &&
    isLoopbackName(other.hostname)
  );
}
