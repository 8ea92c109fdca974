import type { Effect } from '@trapkey/contract/codes.ts';
import type { DataClass, Judged, ReachArgument, Sink } from '../../kernel/inventory.ts';

type Proposed = Effect | 'unknown';

const outsiders =
  /\b(emails?|mails?|inbox|messages?|comments?|issues?|tickets?|reviews?|web|pages?|website|url|news|feeds?|rss|tweets?|posts?|calendar|events?|invites?|forms?|submissions?|responses?|chats?|threads?|discussions?|documents?|files?|pull requests?|merge requests?|attachments?|transcripts?|notes?|logs?|errors?|console|browser|snapshot|readme)\b/;
const leadsOut =
  /\b(web|internet|public|url|website|browser|email|mail|sms|tweet|post|publish|share|invite|external|webhook|http|search engine|news)\b/;

const classes: readonly (readonly [DataClass, RegExp])[] = [
  [
    'pii',
    /\b(contacts?|customers?|users?|employees?|people|persons?|members?|leads?|candidates?|patients?|attendees?|profiles?|accounts?|phone|address)\b/,
  ],
  [
    'financial',
    /\b(invoices?|payments?|transactions?|balances?|payroll|salary|salaries|billing|orders?|revenue|deals?|opportunit(?:y|ies)|ledger|iban|bank)\b/,
  ],
  ['health', /\b(patients?|diagnos[ei]s|medical|clinical|prescriptions?|health records?)\b/],
  ['secret', /\b(secrets?|credentials?|passwords?|api keys?|private keys?|tokens?|env(?:ironment)? variables?|keychain)\b/],
  ['messages', /\b(emails?|mails?|messages?|chats?|inbox|conversations?|threads?|transcripts?)\b/],
  ['documents', /\b(files?|documents?|pages?|notes?|wiki|drive|attachments?|spreadsheets?|sheets?)\b/],
  ['code', /\b(repositor(?:y|ies)|repos?|commits?|source code|branches|pull requests?|merge requests?|code)\b/],
];

/** Classes of data that results may hold, from the words of name and description. */
export function classesIn(spoken: string): Judged<readonly DataClass[]> {
  const value = classes.filter(([, pattern]) => pattern.test(spoken)).map(([name]) => name);
  return value.length > 0
    ? { value, confidence: 'medium', because: 'words of its name and description' }
    : { value, confidence: 'low', because: 'its words name no class' };
}

/** Whether it reaches parties that the organization does not run. */
export function outside(spoken: string, effect: Proposed, sinks: readonly Sink[]): Judged<boolean> {
  const sink = sinks.find(({ kind }) => kind === 'url' || kind === 'recipient');
  if (sink) return { value: true, confidence: 'medium', because: `argument ${sink.argument} says where it goes` };
  if (leadsOut.test(spoken)) return { value: true, confidence: 'medium', because: 'its words lead outside' };
  return { value: effect === 'send' || effect === 'unknown', confidence: 'low', because: 'nothing says where it leads' };
}

/** Whether results hold text that outsiders wrote. What is not known to give nothing back, may. */
export function untrusted(spoken: string, effect: Proposed): Judged<boolean> {
  if (effect === 'unknown') return { value: true, confidence: 'low', because: 'what it returns is not known' };
  if (effect !== 'read' && effect !== 'execute')
    return { value: false, confidence: 'medium', because: 'it is not for reading what others wrote' };
  const match = outsiders.exec(spoken);
  return match
    ? { value: true, confidence: 'medium', because: `others may have written its “${match[0]}”` }
    : { value: false, confidence: 'low', because: 'its words name nothing that others write' };
}

/** Whether a call can be taken back. */
export function reversibleJudged(effect: Proposed, destructive: boolean): Judged<boolean | 'unknown'> {
  if (effect === 'read' || effect === 'draft') return { value: true, confidence: 'high', because: 'nothing counts yet' };
  if (effect === 'send' || effect === 'pay') return { value: false, confidence: 'high', because: 'what left cannot be called back' };
  if (effect === 'write' && !destructive) return { value: 'unknown', confidence: 'low', because: 'reversible once an undo tool is named' };
  if (effect === 'unknown') return { value: 'unknown', confidence: 'low', because: 'what it does is not known' };
  return { value: false, confidence: 'medium', because: destructive ? 'something may be lost' : 'what ran, ran' };
}

/** Which argument counts what is touched, with the reason. */
export function reachJudged(value: ReachArgument | undefined): Judged<ReachArgument | undefined> {
  if (!value) return { value: undefined, confidence: 'medium', because: 'no argument takes several: one' };
  const because = { list: 'is a list: its length counts', selection: 'selects: only the system knows how many', limit: 'bounds how many' };
  return { value, confidence: value.kind === 'list' ? 'high' : 'medium', because: `${value.argument} ${because[value.kind]}` };
}
