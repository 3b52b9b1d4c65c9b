import { createAddressGuard, RefusedAddressError } from './address-guard.ts';

/** Why webhooks to a URL would be refused by what its text says, as a predicate (`is not …`); undefined where they would not. */
export type CheckWebhookUrl = (url: string) => string | undefined;

/**
 * The check that needs no look-up of names, for URLs as they are given: the guard of the delivery itself, so that both
 * say the same. Names are checked when they are connected to.
 *
 * @param allowedHosts each as `isAllowableHost` wants it
 */
export function createWebhookUrlCheck(allowedHosts: readonly string[]): CheckWebhookUrl {
  const guard = createAddressGuard(allowedHosts, () => {
    throw new Error('no name is resolved here');
  });
  return (url) => {
    try {
      guard.checkHost(new URL(url).hostname);
      return undefined;
    } catch (error) {
      if (!(error instanceof RefusedAddressError)) throw error;
      return `must not be an internal address: ${error.message} The operator can allow it with WEBHOOK_ALLOWED_HOSTS`;
    }
  };
}
