import { releaseStates } from '../kernel/release-standing.ts';
import type { ReleaseDetail, ReleaseSummary } from '../kernel/releases.ts';
import { revealed } from '../kernel/revealed.ts';

const changesMax = 100;

/** Releases, one line each. */
export function listText(releases: readonly ReleaseSummary[]): string {
  if (releases.length === 0) return 'Nothing is in the catalog yet. Propose a plugin: trapkey catalog propose ./my-plugin\n';
  const now = Date.now();
  return releases
    .map((one) => {
      const due = one.reviewDueMs === undefined ? '' : `, review ${one.reviewDueMs < now ? 'WAS DUE' : 'again'} ${day(one.reviewDueMs)}`;
      return `${one.state.padEnd(10)} ${revealed(named(one))}${one.current ? ' (current)' : ''}  ${one.sourceDigest.slice(0, 19)}  owner ${revealed(one.owner)}${due}\n`;
    })
    .join('');
}

/** Everything that a reviewer needs, in lines. */
export function detailText(release: ReleaseDetail): string {
  const { state, current, changes, against, canary, version } = release;
  const tried = canary?.version === version ? [`Tried by ${canary.people.length} named people and ${canary.share / 100} % of all.`] : [];
  return `${[
    `${named(release)}: ${state}${current ? ', current' : ''}. ${releaseStates[state]}`,
    `Owner ${release.owner}; proposed by ${release.proposedBy} on ${day(release.proposedAtMs)} from ${release.source}`,
    `${release.sourceDigest}, ${release.manifest.files.length} files, ${release.manifest.definitions.length} definitions`,
    ...tried,
    '',
    against === undefined ? 'There is no release to compare it with.' : `Changes since ${against}:${changes.length === 0 ? ' none' : ''}`,
    ...changes.slice(0, changesMax).map(({ kind, says, weight }) => `${weight === 'high' ? '!' : ' '} ${kind}: ${says}`),
    ...(changes.length > changesMax ? [`  and ${changes.length - changesMax} more (--json has all)`] : []),
    '',
    'It can:',
    ...(release.capabilities.length === 0 ? ['  nothing that the scan knows of'] : release.capabilities.map(capability)),
    '',
    'Checklist:',
    ...release.checklist.map(({ item, state: said, says }) => `  ${said.padEnd(7)}${item}: ${says}`),
    ...release.signOffs.map(
      ({ aspect, person, passed, note, atMs }) => `  ${aspect} ${passed ? 'passed' : 'NOT passed'} by ${person} on ${day(atMs)} ${note}`,
    ),
    ...(release.missing.length > 0 && state !== 'revoked'
      ? ['', 'Missing before it can be used:', ...release.missing.map((one) => `  ${one}`)]
      : []),
  ]
    .map((line) => revealed(line).replaceAll('\n', ' '))
    .join('\n')}\n`;
}

function capability({ capability: what, parts, unknown, seenBy, approvedBy }: ReleaseDetail['capabilities'][number]): string {
  const who = approvedBy.map(({ person, aspect }) => `${person} (${aspect})`).join(', ');
  const of = [...parts, ...unknown.map((one) => `${one}?`)].slice(0, 10).join(', ');
  return `  ${what.padEnd(10)}${of}; seen by ${seenBy.join(', ')}; ${who === '' ? 'approved by nobody' : `approved by ${who}`}`;
}

function named({ kind, id, version }: ReleaseSummary): string {
  return `${kind === 'connector' ? 'connector:' : ''}${id}@${version}`;
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
