/** One account of the sales book. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly tier: Tier;
  readonly region: string;
  readonly owner: string;
  readonly email: string;
  /** Turnover of the last year in whole euros: what its tier ought to follow from. */
  readonly turnover: number;
  readonly notes: string;
}
export type Tier = 'A' | 'B' | 'C';

const regions = ['EMEA', 'AMER', 'APAC'] as const;
const firstWords = [
  'Alder',
  'Birch',
  'Cedar',
  'Dover',
  'Elm',
  'Fjord',
  'Grove',
  'Harbour',
  'Iris',
  'Juniper',
  'Kestrel',
  'Linden',
] as const;
const lastWords = ['Logistics', 'Foods', 'Optics', 'Paper', 'Tools', 'Textiles', 'Marine', 'Labs', 'Energy', 'Glass'] as const;
const owners = ['j.rivera', 'k.lind', 'p.amara', 's.holt'] as const;

/** The tier that an account ought to have: the rule that people of the sales book go by. */
export function rightTier({ turnover }: Pick<Account, 'turnover'>): Tier {
  if (turnover >= 1_000_000) return 'A';
  return turnover >= 200_000 ? 'B' : 'C';
}

/** A small generator of numbers from 0 to 1 (mulberry32): the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The book as it stands at the start; one account in five has a tier that its turnover has outgrown. */
export function makeAccounts(count: number, seed: number): readonly Account[] {
  const random = seeded(seed);
  const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  return Array.from({ length: count }, (_, at) => {
    const name = `${one(firstWords)} ${one(lastWords)} ${at + 1}`;
    const turnover = Math.floor(10_000 * 10 ** (random() * 2.6));
    const right = rightTier({ turnover });
    const tier = at % 5 === 0 ? one((['A', 'B', 'C'] as const).filter((other) => other !== right)) : right;
    const email = `office@${name.toLowerCase().replaceAll(' ', '-')}.example`;
    const owner = `${one(owners)}@corp.example`;
    return { id: String(10_000 + at), name, tier, region: one(regions), owner, email, turnover, notes: '' };
  });
}
