import type { Effect } from '@trapkey/contract/codes.ts';
import type { Evidence } from './evidence.ts';

interface Refinement {
  readonly from: readonly Effect[];
  /** All of these, in the words of the name. */
  readonly has: readonly RegExp[];
  readonly not?: RegExp;
  readonly to: Effect;
  readonly because: string;
  /** Left out: as the verb says. */
  readonly destructive?: boolean | RegExp;
  readonly soft?: boolean;
}

const any: readonly Effect[] = ['read', 'draft', 'write', 'delete', 'send', 'pay', 'execute'];
const files = /\b(files?|documents?|contents?|object|blob|manifest|configuration|config|policy|rules?|template)\b/;
const settings =
  /\b(permissions?|polic(?:y|ies)|roles?|access|admin|administrators?|owners?|secrets?|credentials?|keys?|settings|rules?|webhooks?|members?|collaborators?|visibility|protection|firewall|acl|scopes?)\b/;
const money =
  /\b(funds?|money|payments?|payouts?|balance|wallet|invoices?|charges?|refunds?|subscriptions?|transactions?|orders?|bookings?|reservations?)\b/;
const names =
  /\b(ids?|urls?|uris?|names?|paths?|dns|hosts?|domain|library|libraries|address|references?|symbols?|handle|username|refs?|links?)\b/;
const programs = /\b(script|javascript|js|code|expression|function|command|shell|python|bash)\b/;

/** What the thing acted on says: a draft of a mail is no mail, and setting a permission is more than a write. First match counts. */
const refinements: readonly Refinement[] = [
  {
    from: any,
    has: [/\b(evaluate|eval|run|exec|execute)\b/, programs],
    to: 'execute',
    because: 'what it runs comes with the call',
    destructive: true,
  },
  { from: any, has: [/\bresolve\b/, names], to: 'read', because: 'what it resolves is a name', destructive: false, soft: true },
  {
    from: ['write', 'pay'],
    has: [/\bdrafts?\b/],
    not: /\b(publish|state|submit|ready|delete)\b/,
    to: 'draft',
    because: 'what it makes is a draft',
  },
  {
    from: ['write'],
    has: [/\b(comments?|repl(?:y|ies)|invitations?|invites?|shares?|share link|tweets?|posts?)\b/, /^(add|create|make|new|insert)\b/],
    to: 'send',
    because: 'others see it at once',
  },
  {
    from: ['write'],
    has: [
      /\b(emails?|mails?|messages?|sms|notifications?|invitations?|invites?|newsletters?|campaigns?|tweets?)\b/,
      /^(create|compose|new|forward)\b/,
    ],
    not: /\b(template|folder|rule|label|category|attachment)\b/,
    to: 'send',
    because: 'it may leave as a message',
  },
  {
    from: ['write', 'execute'],
    has: [/\b(transfer|refund|capture|pay|payout|charge)\b/, money],
    to: 'pay',
    because: 'it moves money',
    destructive: true,
  },
  {
    from: ['write'],
    has: [/^(create|submit|place|confirm)\b/, /\b(payments?|payouts?|refunds?|charges?|orders?|bookings?|reservations?)\b/],
    to: 'pay',
    because: 'it commits money',
    destructive: true,
  },
  {
    from: ['write'],
    has: [/\b(vm|virtual machines?|instances?|clusters?|droplets?|containers?|pods?|nodes?)\b/, /\b(create|clone|provision|launch)\b/],
    to: 'execute',
    because: 'it starts machines',
    destructive: true,
  },
  {
    from: ['write'],
    has: [settings, /\b(set|update|change|edit|modify|assign|add|put|patch|replace|configure|write)\b/],
    to: 'execute',
    because: 'it changes settings or permissions',
    destructive: /\b(set|replace|put|overwrite)\b/,
  },
  { from: ['write'], has: [/\b(put|save)\b/, files], to: 'write', because: 'what was there is replaced', destructive: true },
];

/** The effect of the verb, refined by its object. */
export function refined(evidence: Evidence, words: readonly string[]): Evidence {
  const spoken = words.join(' ');
  const found = refinements.find(
    ({ from, has, not }) => from.includes(evidence.effect) && has.every((pattern) => pattern.test(spoken)) && !not?.test(spoken),
  );
  if (!found) return evidence;
  const { destructive, soft } = found;
  const loses = destructive instanceof RegExp ? evidence.destructive || destructive.test(spoken) : (destructive ?? evidence.destructive);
  return {
    ...evidence,
    effect: found.to,
    destructive: loses,
    confidence: soft ? 'medium' : evidence.confidence,
    because: `${evidence.because}; ${found.because}`,
  };
}
