import { type Body, subjectOf } from './text.ts';

const summaryCharactersMax = 1_024;

/** An event of PagerDuty's Events API v2. The alert's id is its key, so that a repeat is the same incident there. */
export function pagerDutyEvent(body: Body, link: string, routingKey: string) {
  const ends = body.event.endsWith('.resolved');
  return {
    routing_key: routingKey,
    event_action: ends ? 'resolve' : 'trigger',
    dedup_key: subjectOf(body),
    payload: {
      summary: `${body.title}: ${body.sentence}`.slice(0, summaryCharactersMax),
      source: 'trapkey',
      severity: 'warning',
      timestamp: body.at,
      custom_details: { facts: body.facts },
    },
    links: [{ href: link, text: 'Open in Trapkey' }],
  };
}
