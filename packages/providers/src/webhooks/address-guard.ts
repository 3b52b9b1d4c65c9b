import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Webhooks may not reach this address. The message may be shown to whoever owns the webhook. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/**
 * What was refused, for the operator alone: it says what an internal name stands for. It may be logged as it is: in a
 * log line `hostname` is the machine that logs.
 */
export interface RefusedAddress {
  readonly host: string;
  readonly address: string;
  readonly range: string;
}

export interface AddressGuard {
  /**
   * Refuses what a URL names by address itself, and `localhost` with the names below it: for that no name is resolved.
   *
   * @throws RefusedAddressError
   */
  checkHost(hostname: string): void;
  /**
   * Resolves names as the given look-up does, and refuses what they stand for unless all of it may be reached. What it
   * answers is what is connected to, so that no second look-up can answer differently.
   */
  lookup: LookupFunction;
}

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/**
 * Lets webhooks reach public addresses, and what the operator allows: names (with `*.` for every name below one),
 * addresses and CIDRs. Loopback, private, link-local, multicast and unspecified addresses are refused, every form that
 * embeds an IPv4 address in an IPv6 one, as ipaddr.js knows them, and what is internal to a cloud.
 *
 * @param allowedHosts each as {@link isAllowableHost} wants it
 */
export function createAddressGuard(
  allowedHosts: readonly string[],
  resolve: LookupFunction,
  onRefused: (refused: RefusedAddress) => void = () => undefined,
): AddressGuard {
  const ranges = allowedHosts.map(rangeOf).filter((range) => range !== undefined);
  const names = allowedHosts
    .filter((entry) => rangeOf(entry) === undefined)
    .map((entry) => entry.toLowerCase());

  const isAllowed = (address: ipaddr.IPv4 | ipaddr.IPv6) =>
    ranges.some((allowed) => isWithin(address, allowed));
  const isAllowedName = (hostname: string) => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    return names.some((allowed) =>
      allowed.startsWith('*.') ? name.endsWith(allowed.slice(1)) : name === allowed,
    );
  };
  const check = (address: string, hostname: string) => {
    const parsed = ipaddr.parse(address);
    const range = rangeName(parsed);
    if (range === 'unicast' || isAllowed(parsed)) return;
    onRefused({ host: hostname, address, range });
    throw new RefusedAddressError(
      hostname === address
        ? `${hostname} is not a public address (${range}): webhooks may not reach it.`
        : `Webhooks may not reach ${hostname}.`,
    );
  };
  const checkLocalName = (name: string) => {
    if (isAllowedName(name) || localAddresses.some(isAllowed)) return;
    throw new RefusedAddressError(`${name} is this machine: webhooks may not reach it.`);
  };

  return {
    checkHost(hostname) {
      const address = hostname.replace(/^\[(.*)\]$/, '$1');
      if (isIP(address) !== 0) check(address, address);
      else if (/(^|\.)localhost\.?$/i.test(hostname)) checkLocalName(hostname);
    },
    lookup(hostname, options, done) {
      resolve(hostname, options, (error, answer, family) => {
        if (error !== null || isAllowedName(hostname)) {
          done(error, answer, family);
          return;
        }
        try {
          const addresses = typeof answer === 'string' ? [{ address: answer }] : answer;
          for (const { address } of addresses) check(address, hostname);
        } catch (refusal) {
          done(refusal as Error, '');
          return;
        }
        done(null, answer, family);
      });
    },
  };
}

const localAddresses = ['127.0.0.1', '::1'].map((address) => ipaddr.parse(address));

/**
 * Addresses that are public by their number, but of the cloud's own inside it: Azure's platform service, IBM Cloud's
 * service networks, and Google's addresses for private access to its APIs. Those of other clouds are in ranges that are
 * not public anyway (169.254.0.0/16, 100.64.0.0/10, 192.0.0.0/24, fd00::/8).
 */
const cloudRanges = [
  '168.63.129.16/32',
  '161.26.0.0/16',
  '166.8.0.0/14',
  '199.36.153.4/30',
  '199.36.153.8/30',
].map((range) => ipaddr.parseCIDR(range));

/** Of IPv6, 2000::/3 alone is given to anybody: `::7f00:1`, an old spelling of 127.0.0.1, is not in it. */
const givenOut = ipaddr.IPv6.parseCIDR('2000::/3');

function rangeName(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (cloudRanges.some((range) => isWithin(address, range))) return 'cloud';
  const range = address.range();
  const isUnassigned = address instanceof ipaddr.IPv6 && !address.match(givenOut);
  return range === 'unicast' && isUnassigned ? 'unassigned' : range;
}

/** A host name, `*.` and a name, an address, or a CIDR such as 10.0.0.0/8. */
export function isAllowableHost(entry: string): boolean {
  const label = '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?';
  const isName = new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`, 'i').test(entry);
  return isName || rangeOf(entry) !== undefined;
}

function rangeOf(entry: string): Range | undefined {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  if (isIP(entry) === 0) return undefined;
  return ipaddr.parseCIDR(`${entry}/${isIP(entry) === 4 ? 32 : 128}`);
}

/** An IPv4 address that is mapped into IPv6 counts as what it is. */
function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Range): boolean {
  const plain =
    address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
      ? address.toIPv4Address()
      : address;
  if (plain instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && plain.match(base, bits);
  return base instanceof ipaddr.IPv6 && plain.match(base, bits);
}

/** `WEBHOOK_ALLOWED_HOSTS`, the same for gateway and workers: what is refused when it is given, and when it is delivered. */
export const webhookAllowedHosts = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .refine((entries) => entries.every(isAllowableHost), 'it names what is no host')
  .prefault('')
  .describe('Internal names, addresses or CIDRs that webhooks may reach, separated by commas.');
