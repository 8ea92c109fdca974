import type { AlertTarget, TargetName } from '../kernel/alert-rules.ts';
import type { TicketSummary } from '../kernel/approvals.ts';
import type { Notice, TicketEvent } from '../kernel/messages.ts';
import type { PolicySet } from '../kernel/rules.ts';

/** What of the running policy says who is told. */
export type AddressingPolicy = Pick<PolicySet, 'organization' | 'directory'>;

/** Who a message is for: those who may decide, or who asked for the call. */
const forDeciders: ReadonlySet<TicketEvent> = new Set(['held', 'reminder', 'escalated', 'answered', 'edited', 'break_glass']);
const loud: ReadonlySet<TicketEvent> = new Set(['break_glass']);
const mailsMax = 50;

/** The channels that hear of an event of a ticket. */
export function channelsFor(policy: AddressingPolicy, event: TicketEvent, ticket: TicketSummary): readonly string[] {
  const { alerts } = policy.organization;
  if (!alerts) return [];
  const of = (name: 'approvals' | 'operations'): readonly string[] => {
    const target = alerts[name];
    return target ? channelsOf(target, mailed(target, policy, event, ticket)).map((channel) => `${name}/${channel}`) : [];
  };
  return [...of('approvals'), ...(loud.has(event) ? of('operations') : [])];
}

/** The channels that hear of an alert or request. A target that is not set, or has nobody to mail, leaves it to operations. */
export function channelsForNotice(policy: AddressingPolicy, notice: Notice): readonly string[] {
  const { alerts } = policy.organization;
  if (!alerts) return [];
  const of = (name: TargetName): readonly string[] => {
    const target = alerts[name];
    if (!target) return [];
    const paged = notice.about === 'alert' && target.pagerduty ? ['pagerduty'] : [];
    const mails = target.email ? told(target.email.to, policy, name, notice) : [];
    return [...channelsOf(target, mails), ...paged].map((channel) => `${name}/${channel}`);
  };
  const channels = notice.to.flatMap((name) => {
    const own = of(name);
    return own.length > 0 ? own : of('operations');
  });
  return [...new Set(channels)];
}

/** `asked`: who may decide it, the owner of what it is about, or who runs the organization. */
function told(to: 'asked' | readonly string[], policy: AddressingPolicy, name: TargetName, { owner, asked }: Notice): readonly string[] {
  if (to !== 'asked') return to;
  if (name === 'approvals') {
    const people = asked?.names.flatMap((one) => peopleOf(policy, one)) ?? [];
    return addresses(people.filter((person) => person !== idOf(policy, asked?.by ?? '')));
  }
  const { roles, owner: ofAll } = policy.organization;
  const role = name === 'security' ? 'administrator' : 'operator';
  const names = name === 'owners' ? [owner ?? ''] : [ofAll, ...(roles?.get(role) ?? [])];
  return addresses(names.flatMap((one) => peopleOf(policy, one)));
}

function channelsOf(target: AlertTarget, mails: readonly string[]): readonly string[] {
  return [...(target.slack === undefined ? [] : ['slack']), ...(target.webhook ? ['webhook'] : []), ...mails.map((to) => `email:${to}`)];
}

function mailed({ email }: AlertTarget, policy: AddressingPolicy, event: TicketEvent, ticket: TicketSummary): readonly string[] {
  if (!email) return [];
  if (email.to !== 'asked') return forDeciders.has(event) ? email.to : [];
  const asker = idOf(policy, ticket.person);
  const people = forDeciders.has(event)
    ? // Nobody decides on their own, so nobody is asked about their own; who has spoken is not asked again.
      [...ticket.asked, ...(ticket.escalatedTo ?? [])]
        .flatMap((one) => peopleOf(policy, one))
        .filter((person) => person !== asker && !ticket.approvals.some((approval) => idOf(policy, approval.person) === person))
    : [asker];
  return addresses(people);
}

function addresses(people: readonly string[]): readonly string[] {
  return [...new Set(people)].filter((person) => /^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}$/.test(person)).slice(0, mailsMax);
}

function peopleOf({ directory }: AddressingPolicy, asked: string): readonly string[] {
  if (!asked.startsWith('group:')) return [directory.get(asked.toLowerCase())?.id ?? asked.toLowerCase()];
  const group = asked.slice('group:'.length);
  return [...new Set(directory.values())].filter(({ groups }) => groups.includes(group)).map(({ id }) => id);
}

function idOf({ directory }: AddressingPolicy, person: string): string {
  return directory.get(person.toLowerCase())?.id ?? person.toLowerCase();
}
