import { Link } from '@tanstack/react-router';
import type { CatalogSubject, ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { Users } from 'lucide-react';
import { count, nameOf } from '../../../lib/format.ts';
import { ButtonLink } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Card } from '../../../ui/page.tsx';
import { Empty } from '../../../ui/states.tsx';

/** For whom a plugin is, or which plugins have a connector; and who tries a release before the others. */
export function UsersTab({ subject, detail }: { readonly subject: CatalogSubject; readonly detail: ReleaseDetailShown | undefined }) {
  const { kind, id, users } = subject;
  const tried = detail?.canary;
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
      <Card
        title={kind === 'plugin' ? 'For whom it is' : 'Plugins that have it'}
        says={kind === 'plugin' ? 'As policy says under `for`.' : 'As policy says under `connectors`.'}
        actions={
          kind === 'plugin' && (
            <ButtonLink size="sm" to={`/runs?plugin=${encodeURIComponent(id)}`}>
              Its runs
            </ButtonLink>
          )
        }
        flush
      >
        {users.length === 0 ? (
          <Empty icon={Users} title="Nobody">
            Policy lets nobody use it.
          </Empty>
        ) : (
          <ul className="divide-y divide-line border-t border-line text-sm">
            {users.map((one) => (
              <li key={one} className="flex items-center gap-2 px-4 py-2.5">
                {kind === 'plugin' ? (
                  <>
                    {one.startsWith('group:') && <Chip>group</Chip>} {nameOf(one)}
                  </>
                ) : (
                  <Link to={`/catalog/plugin/${one}`} className="inline-flex min-h-6 items-center font-medium hover:underline">
                    {one}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {tried && (
        <Card title={`Who tries ${tried.version}`} says={`${count(tried.share / 100)} % of all, and these:`}>
          <ul className="list-disc space-y-1 pl-5 text-sm text-soft">
            {tried.people.length === 0 ? <li>nobody by name</li> : tried.people.map((one) => <li key={one}>{one}</li>)}
          </ul>
        </Card>
      )}
    </div>
  );
}
