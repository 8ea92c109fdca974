import type { RequestListener } from 'node:http';

/** Where the links of refusals and tickets lead while there is no page: to the command that does it. Decides nothing. */
export const signpost: RequestListener = (req, res) => {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://gateway');
  const says = req.method === 'GET' || req.method === 'HEAD' ? textOf(pathname, searchParams) : undefined;
  res.writeHead(says === undefined ? 404 : 200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  res.end(req.method === 'HEAD' ? undefined : `${says ?? 'There is nothing here. Agents connect to /p/<plugin>/<version>/<connector>.'}\n`);
};

function textOf(path: string, query: URLSearchParams): string | undefined {
  const ticket = /^\/t\/(TK-[0-9A-Z]{10})$/.exec(path)?.[1];
  if (ticket !== undefined) {
    return [
      `Ticket ${ticket} waits for a person, or did.`,
      `Look at it:   trapkey approvals show ${ticket}`,
      `Let it run:   trapkey approvals approve ${ticket}`,
      `Refuse it:    trapkey approvals refuse ${ticket} --reason "…"`,
      'These run where the gateway keeps its data, and deciding asks for your own code.',
    ].join('\n');
  }
  if (path !== '/ask') return undefined;
  const rule = (query.get('rule') ?? '').replaceAll(/[^\w./@ *-]/g, '?').slice(0, 200);
  return [
    `The rule ${rule || 'that refused it'} is part of the policy.`,
    'Ask the owner whom the refusal names; they change the policy files and `trapkey policy apply`.',
  ].join('\n');
}
