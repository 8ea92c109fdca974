import { type ReleaseDetailShown, type ReleaseShown, releaseTexts } from '@trapkey/contract/api/catalog.ts';
import { CircleCheck, Eye } from 'lucide-react';
import { useState } from 'react';
import { count, many, plain } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { FilterSelect } from '../../../ui/field.tsx';
import { Card } from '../../../ui/page.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { TextDiff } from '../../../ui/text-diff.tsx';
import { ChangeList } from '../changes.tsx';

/** What a release says, can and reaches that another did not; the texts behind it one press away. */
export function ChangesTab({
  release,
  releases,
  against,
  onAgainst,
  looked,
  onLooked,
}: {
  readonly release: ReleaseDetailShown;
  readonly releases: readonly ReleaseShown[];
  readonly against: string;
  readonly onAgainst: (version: string) => void;
  readonly looked: boolean;
  readonly onLooked: () => void;
}) {
  const [raw, setRaw] = useState(false);
  const { changes, against: base, version } = release;
  const heavy = changes.filter(({ weight }) => weight === 'high').length;
  const others = releases.filter((one) => one.version !== version).map((one) => [one.version, `Against ${one.version}`] as const);
  const says =
    base === undefined
      ? 'There is no release to compare it with: all of it is new.'
      : `${many(changes.length, 'difference')} from ${base}${heavy === 0 ? '' : `, ${count(heavy)} of which let it do more or speak differently to the model`}.`;
  return (
    <div className="flex flex-col gap-5">
      <Card
        title={`What ${version} changes`}
        says={says}
        actions={
          <span className="flex flex-wrap items-center gap-2">
            {others.length > 0 && (
              <FilterSelect
                label="Compare with"
                value={against}
                options={[['', base === undefined ? 'Nothing current' : `Against ${base}`], ...others.filter(([one]) => one !== base)]}
                onValue={onAgainst}
              />
            )}
            {looked ? (
              <Chip tone="good" icon={CircleCheck}>
                You looked at this
              </Chip>
            ) : (
              <Button look="primary" onClick={onLooked}>
                <Eye aria-hidden size={14} /> I looked at this
              </Button>
            )}
          </span>
        }
      >
        {changes.length === 0 ? (
          <p className="text-sm text-soft">{base === undefined ? 'Its texts are below.' : 'Nothing differs.'}</p>
        ) : (
          <ChangeList changes={changes} />
        )}
      </Card>
      <Card
        title="As it is written"
        says="Files and definitions that differ, line by line."
        actions={
          <Button aria-expanded={raw} onClick={() => setRaw(!raw)}>
            {raw ? 'Hide' : 'Show'} the texts
          </Button>
        }
      >
        {raw && <Raw release={release} against={against} />}
      </Card>
    </div>
  );
}

function Raw({ release: { kind, id, version }, against }: { readonly release: ReleaseDetailShown; readonly against: string }) {
  const query = useGet(`/api/catalog/releases/${kind}/${encodeURIComponent(id)}/${encodeURIComponent(version)}/texts`, releaseTexts, {
    query: { ...(against !== '' && { against }) },
  });
  return (
    <Loaded query={query}>
      {({ texts, more }) => (
        <div className="flex flex-col gap-4">
          {texts.length === 0 && <p className="text-sm text-soft">Nothing differs.</p>}
          {texts.map(({ path, was, now, says }) => (
            <section key={path} aria-label={path}>
              <h3 className="mb-1 font-mono text-xs">
                {plain(path)} {was === null && says === null && <Chip tone="note">new</Chip>}
                {now === null && says === null && <Chip>gone</Chip>}
              </h3>
              {says === null ? (
                <TextDiff was={was ?? ''} now={now ?? ''} label={`${path}, line by line`} />
              ) : (
                <p className="text-sm text-soft">{says}</p>
              )}
            </section>
          ))}
          {more && <p className="text-xs text-faint">There are more; these are the first.</p>}
        </div>
      )}
    </Loaded>
  );
}
