import type { RunView } from '@trapkey/contract/api/runs.ts';
import { useState } from 'react';

const pluginOf = ({ release }: RunView) => release.slice(0, release.lastIndexOf('@'));

/** Plugins to choose from: of all runs that were seen since the page was opened, with the one that is asked for. */
export function usePlugins(rows: readonly RunView[], asked: string | undefined): readonly string[] {
  const [seen, setSeen] = useState<readonly string[]>([]);
  const all = new Set([...seen, ...rows.map(pluginOf), ...(asked === undefined ? [] : [asked])]);
  // What is chosen narrows the rows, and must not take the others out of the choice.
  if (all.size > seen.length) setSeen([...all].toSorted());
  return seen;
}
