import { recordFacets } from '@trapkey/contract/api/record.ts';
import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import { count } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';

/** How the values of what a query finds are spread; choosing one narrows it. Where there is no room beside, it is folded away. */
export function FacetBar({ q, onFacet }: { readonly q: string; readonly onFacet: (field: string, value: string) => void }) {
  const [unfolded, setUnfolded] = useState(false);
  const { data } = useGet('/api/record/facets', recordFacets, { query: { q } });
  if (!data) return <div className="max-xl:hidden" />;
  return (
    <div>
      <Button size="sm" className="xl:hidden" aria-expanded={unfolded} aria-controls="facets" onClick={() => setUnfolded(!unfolded)}>
        <ListFilter aria-hidden size={14} /> Narrow by value
      </Button>
      <nav
        id="facets"
        aria-label="Narrow by value"
        className={`flex flex-col gap-4 text-sm max-xl:mt-3 ${unfolded ? 'max-xl:grid max-xl:grid-cols-2 sm:max-xl:grid-cols-3' : 'max-xl:hidden'}`}
      >
        {data.facets
          .filter(({ values }) => values.length > 0)
          .map(({ field, values, more }) => (
            <section key={field} aria-label={field}>
              <h2 className="mb-1 text-xs font-medium text-faint">{field}</h2>
              <ul>
                {values.slice(0, 6).map(({ value, count: times }) => {
                  const chosen = q.split(/\s+/).includes(`${field}:${value}`);
                  return (
                    <li key={value}>
                      <button
                        type="button"
                        aria-pressed={chosen}
                        onClick={() => onFacet(field, value)}
                        className="flex min-h-6 w-full items-center justify-between gap-2 rounded-sm px-1.5 text-left hover:bg-hover aria-pressed:bg-selected aria-pressed:font-medium"
                      >
                        <span className="truncate">{value}</span>
                        <span className="text-xs text-faint">{count(times)}</span>
                      </button>
                    </li>
                  );
                })}
              </ul>
              {more > 0 && <p className="px-1.5 text-xs text-faint">and {count(more)} more</p>}
            </section>
          ))}
        <p className="text-xs text-faint">
          Of {count(data.matched)} entries{data.more ? ', the newest' : ''}.
        </p>
      </nav>
    </div>
  );
}
