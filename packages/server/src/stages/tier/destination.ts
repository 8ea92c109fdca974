import type { Effect } from '@trapkey/contract/codes.ts';
import type { Tiered } from '../../kernel/facts.ts';
import type { OrganizationRules } from '../../kernel/rules.ts';

type Destination = Tiered['destination'];
type Inside = OrganizationRules['inside'];

/** The furthest place that the call reaches: recipients and the named destination together. */
export function destinationOf(
  effect: Effect,
  recipients: readonly string[] | undefined,
  named: { readonly value: string; readonly fixed: boolean } | undefined,
  inside: Inside,
): Destination {
  const places = [...(recipients ?? []).map((recipient) => placeOf(recipient, inside)), ...(named ? [namedPlace(named, inside)] : [])];
  if (places.includes('outside')) return 'outside';
  if (places.includes('unknown')) return 'unknown';
  if (places.length > 0) return 'inside';
  // Without a word of policy, what stays in the connector's own system is inside, what is sent or paid goes who knows where.
  return effect === 'send' || effect === 'pay' ? 'unknown' : 'inside';
}

/** Only the policy itself may say `inside` in so many words, never an argument. */
function namedPlace(named: { readonly value: string; readonly fixed: boolean }, inside: Inside): Destination {
  if (named.fixed && (named.value === 'inside' || named.value === 'outside')) return named.value;
  return placeOf(named.value, inside);
}

/** Where one address lies. What cannot be read with certainty is `unknown`. */
function placeOf(address: string, inside: Inside): Destination {
  const text = address.trim();
  if (text.startsWith('#')) return inside.channels.some((channel) => channel.matches(text)) ? 'inside' : 'outside';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return hostOf(text, inside);
  if (text.includes('@')) return mailPlace(text, inside);
  if (hostname.test(text)) return isListed(text, [...inside.hosts, ...inside.domains]) ? 'inside' : 'outside';
  return 'unknown';
}

const hostname = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+\.?$/i;
const mail = /^[^\s@<>,;:"()[\]\\]+@([^\s@<>,;:"()[\]\\]+)$/;

function mailPlace(text: string, inside: Inside): Destination {
  const bare = /^[^<>@,;:]*<([^<>]+)>$/.exec(text)?.[1] ?? text.replace(/^mailto:/i, '');
  const domain = mail.exec(bare)?.[1];
  if (domain === undefined || !hostname.test(domain)) return 'unknown';
  return isListed(domain, inside.domains) ? 'inside' : 'outside';
}

function hostOf(text: string, inside: Inside): Destination {
  if (!URL.canParse(text)) return 'unknown';
  const { hostname: host } = new URL(text);
  if (host === '') return 'unknown';
  return isListed(host, inside.hosts) ? 'inside' : 'outside';
}

/** Exact, or below `*.name`: a subdomain is somebody else's until the policy says so. */
function isListed(host: string, list: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return list.some((entry) => (entry.startsWith('*.') ? name.endsWith(entry.slice(1).toLowerCase()) : name === entry.toLowerCase()));
}
