/** What of a record tells what is usual: one tool of a plugin, whatever its release. */
export interface UsualScope {
  readonly plugin: string;
  readonly connector: string;
  readonly tool: string;
  readonly atMs: number;
}

/** How far the calls of a scope reached lately. Reads, drafts, failures and what nobody could count are left out. */
export interface Usual {
  readonly days: number;
  readonly count: number;
  /** undefined while there are none. */
  readonly largest: number | undefined;
  readonly median: number | undefined;
  /** True when there were more than are looked at: figures are of the newest. */
  readonly more: boolean;
}

/** Reads what is usual from the record; later rules ask it, too. */
export type ReadUsual = (scope: UsualScope) => Promise<Usual>;

const number = new Intl.NumberFormat('en-US');

/** What a reach is beside what is usual; nothing where it is within. */
export function usualText({ largest, days }: Usual, reach: number | null): string {
  if (reach === null || largest === undefined || reach <= largest) return '';
  const times = largest === 0 ? 0 : reach / largest;
  const most = number.format(largest);
  if (times < 2) return ` That is more than the largest in ${days} days, ${most}.`;
  return ` That is ${times < 10 ? times.toFixed(1).replace(/\.0$/, '') : number.format(Math.floor(times))}× the largest in ${days} days, ${most}.`;
}
