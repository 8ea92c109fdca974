/** One rule of a tool, as an owner would write it: on the arguments, on the person, on their relation. */
const rules = [
  { rule: "args.order.startsWith('SO-')", says: 'Orders of this system begin with SO-.' },
  { rule: "args.region == person.region || person.groups.exists(group, group == 'all-regions')", says: 'Only orders of your own region.' },
  { rule: 'args.lines >= 0 && args.lines <= 500', says: 'At most 500 lines at once.' },
  { rule: "!(args.order in ['SO-1', 'SO-2', 'SO-3'])", says: 'These orders are closed.' },
  { rule: "args.order.matches('^SO-[0-9]{1,8}$')", says: 'An order is SO- and up to eight digits.' },
] as const;

export const benchPlugin = { id: 'bench', version: '1.0.0', connector: 'orders' } as const;
export const benchPerson = 'bench@corp.example';

/** How large the policy of a bench is. */
export interface PolicySize {
  readonly tools: number;
  readonly rulesPerTool: number;
  /** What a large deployment adds: answers are screened, a field is outsiders' words (so that origins of values are remembered), calls are counted. */
  readonly full?: boolean;
}

/** What `full` adds to the connector; limits that nobody reaches, for what is measured is counting. */
const fullConnector = {
  outsiders_write: ['carrier'],
  data: ['pii'],
  screen: { pii: 'mask', payment: 'mask', secret: 'withhold' },
  limits: { calls: { max: '1000000000 per 1h', each: 'person' }, rows_read: '1000000000 per 1d' },
} as const;

/** A policy of reads in front of the bench's upstream: every tool with an overlay on its schema and CEL rules of its own. */
export function policyFiles({ tools, rulesPerTool, full = false }: PolicySize, upstreamUrl: string): Readonly<Record<string, string>> {
  const tool = (at: number) => ({
    effect: 'read',
    sources: ["'orders:' + args.region"],
    arguments: {
      properties: { order: { pattern: '^SO-[0-9]{1,8}$' }, region: { enum: ['EMEA', 'APAC', 'AMER'] }, lines: { maximum: 500 } },
    },
    check: Array.from({ length: rulesPerTool }, (_, rule) => rules[(at + rule) % rules.length]),
  });
  const documents = {
    organization: { organization: 'corp', owner: benchPerson, solo: true, inside: { domains: ['corp.example'] } },
    directory: { directory: [{ person: benchPerson, groups: ['sales', 'all-regions'], region: 'EMEA' }] },
    plugin: {
      plugin: benchPlugin.id,
      owner: benchPerson,
      for: ['group:sales'],
      release: { version: benchPlugin.version },
      connectors: [benchPlugin.connector],
    },
    connection: { connection: 'orders', owner: benchPerson, upstream: { url: upstreamUrl }, network: 'private', sharing: 'all' },
    connector: {
      connector: 'orders',
      owner: benchPerson,
      ...(full && fullConnector),
      tools: Object.fromEntries(Array.from({ length: tools }, (_, at) => [`tool_${at}`, tool(at)])),
    },
  };
  return Object.fromEntries(Object.entries(documents).map(([name, document]) => [`${name}.json`, JSON.stringify(document)]));
}
