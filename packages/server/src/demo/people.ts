/** What somebody in the sample company does, and with which plugin their agents work. */
export interface DemoPerson {
  readonly id: string;
  readonly groups: readonly string[];
  readonly region: string;
  readonly plugin: 'sales-outreach' | 'support-desk' | 'finance-close' | 'research';
}

const names: Readonly<Record<DemoPerson['plugin'], string>> = {
  'sales-outreach':
    'j.rivera a.novak l.okafor t.berg s.haddad c.moreau d.kim e.rossi f.silva g.ward h.tanaka i.petrov k.jansen m.costa n.dubois o.lind',
  'support-desk': 'p.diaz q.ahmed r.cohen u.weber v.mensah w.chen x.garcia y.ito z.kaya b.larsen',
  'finance-close': 'aa.fischer ab.santos ac.nguyen ad.brown ae.koch af.mbeki ag.olsen ah.perez',
  research: 'ba.adler bb.basu bc.conti bd.doyle be.eriksen bf.faye',
};
const groups: Readonly<Record<DemoPerson['plugin'], string>> = {
  'sales-outreach': 'sales',
  'support-desk': 'support',
  'finance-close': 'finance',
  research: 'analysts',
};
const regions = ['EMEA', 'AMER', 'APAC'];

/** The forty people whose agents work while the demo runs. */
export const demoPeople: readonly DemoPerson[] = (Object.keys(names) as DemoPerson['plugin'][]).flatMap((plugin) =>
  names[plugin].split(' ').map((name, at) => ({
    id: `${name}@harbor.example`,
    groups: [groups[plugin]],
    region: regions[at % regions.length] ?? 'EMEA',
    plugin,
  })),
);

/** The directory document of the sample company, with whoever watches as one of its managers. */
export function directoryOf(watcher: string): string {
  const people = demoPeople.map(
    ({ id, groups: of, region }) => `  - { person: ${id}, groups: [${of.join(', ')}], region: ${region}, manager: ${watcher} }`,
  );
  return ['directory:', `  - { person: ${watcher}, groups: [managers, security] }`, ...people, ''].join('\n');
}
