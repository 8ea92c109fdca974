import type { TicketSummary } from '../kernel/approvals.ts';
import type { AlertTarget, TicketEvent } from '../kernel/messages.ts';
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
    return target ? channelsOf(target, policy, event, ticket).map((channel) => `${name}/${channel}`) : [];
  };
  return [...of('approvals'), ...(loud.has(event) ? of('operations') : [])];
}

function channelsOf(target: AlertTarget, policy: AddressingPolicy, event: TicketEvent, ticket: TicketSummary): readonly string[] {
  const mails = target.email ? mailed(target.email.to, policy, event, ticket) : [];
  return [...(target.slack === undefined ? [] : ['slack']), ...(target.webhook ? ['webhook'] : []), ...mails.map((to) => `email:${to}`)];
}

function mailed(to: 'asked' | readonly string[], policy: AddressingPolicy, event: TicketEvent, ticket: TicketSummary): readonly string[] {
  if (to !== 'asked') return forDeciders.has(event) ? to : [];
  const asker = idOf(policy, ticket.person);
  const people = forDeciders.has(event)
    ? // Nobody decides on their own, so nobody is asked about their own; who has spoken is not asked again.
      [...ticket.asked, ...(ticket.escalatedTo ?? [])]
        .flatMap((one) => peopleOf(policy, one))
        .filter((person) => person !== asker && !ticket.approvals.some((approval) => idOf(policy, approval.person) === person))
    : [asker];
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
