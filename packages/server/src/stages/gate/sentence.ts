import type { Effect } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { singular } from '../../kernel/counted.ts';
import type { Gated } from './gated.ts';

const number = new Intl.NumberFormat('en-US');

/** What the call would do, in words made from the bound values and nothing that the agent says about them. */
export function sentence(facts: Gated): string {
  const { call, subject, permitted, tiered } = facts;
  const words = permitted.rules.says === undefined ? generated(facts) : filled(permitted.rules.says, facts);
  const where = tiered.destination === 'outside' ? ' outside the company' : '';
  const undone = tiered.reversible ? '' : ' It cannot be undone.';
  return `${subject.connector.id}.${quotedName(call.name)} would ${words}${where}, in ${subject.connector.environment}.${listed(tiered)}${undone}`;
}

/** "12 of 2,310 are do-not-contact", for each list of the policy on which recipients stand. */
function listed({ listed: lists = [], recipients = [] }: Gated['tiered']): string {
  const each = lists.map(
    ({ list, hits }) =>
      `${number.format(hits)} of ${number.format(recipients.length)} ${hits === 1 ? 'is' : 'are'} ${list.replaceAll('_', '-')}`,
  );
  return each.length === 0 ? '' : ` ${each.join('; ')}.`;
}

/** Text of others inside our words: one line, capped, in quotes, so that it cannot pose as them. */
export function quoted(text: string, charactersMax: number): string {
  return JSON.stringify(oneLine(text).slice(0, charactersMax));
}

const verbs: Readonly<Record<Effect, readonly [verb: string, unit: string]>> = {
  read: ['read', 'records'],
  draft: ['draft', 'records'],
  write: ['change', 'records'],
  delete: ['delete', 'records'],
  send: ['send to', 'recipients'],
  pay: ['pay', 'recipients'],
  execute: ['run on', 'targets'],
};

function generated({ tiered }: Gated): string {
  const { effect, reach, amount } = tiered;
  const [verb, unit] = verbs[effect];
  const many = reach === null ? undefined : `${number.format(reach)} ${reach === 1 ? unit.slice(0, -1) : unit}`;
  if (amount) return `${effect === 'pay' ? 'pay' : `${verb}, for`} ${money(amount)}${many === undefined ? '' : ` to ${many}`}`;
  if (many !== undefined) return `${verb} ${many}`;
  return effect === 'send' ? 'send, to nobody knows how many' : effect === 'execute' ? 'run' : `${verb}, how much is not known`;
}

/** `{reach}` and `{args.x}` filled from bound bytes. */
function filled(template: string, facts: Gated): string {
  return template.replaceAll(/\{([\w.-]+)\}(?: ([a-z]+))?/g, (_, path: string, noun: string | undefined) => {
    const value = valueAt(path, facts);
    // "email 1 contact": the word after it is the template's own.
    return noun === undefined ? value : `${value} ${value === '1' ? singular(noun) : noun}`;
  });
}

function valueAt(path: string, { call, subject, tiered }: Gated): string {
  const [root, ...keys] = path.split('.');
  switch (root) {
    case 'reach':
      return tiered.reach === null ? 'an unknown number of' : number.format(tiered.reach);
    case 'amount':
      return tiered.amount ? money(tiered.amount) : 'an unknown amount';
    case 'destination':
      return tiered.destination;
    case 'person':
      return subject.person;
    case 'args':
      return shown(
        keys.reduce<Json | undefined>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), call.args),
      );
    default:
      return `{${path}}`;
  }
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '(not given)';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.@/+-]{1,80}$/.test(text) ? text : quoted(text, 80);
}

function money(amount: { readonly microUnits: number; readonly currency: string }): string {
  return `${(amount.microUnits / 1_000_000).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 })} ${amount.currency}`;
}

/** A resource is named by an address that somebody else wrote. */
function quotedName(name: string): string {
  return /^[\w.-]{1,128}$/.test(name) ? name : quoted(name, 128);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ');
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
