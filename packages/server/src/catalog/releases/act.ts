import { UserError } from '../../kernel/errors.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { ReleaseSources } from '../../kernel/release-sources.ts';
import type { Canary, ReleaseName } from '../../kernel/release-standing.ts';
import type { ReleaseDetail, ReleaseManifest, ReleaseSummary, Releases, SignOff } from '../../kernel/releases.ts';
import { differingTexts } from '../desk/texts.ts';
import { releaseChanges, type Side } from '../diff/releases.ts';
import { signOff, startReview } from '../review/acts.ts';
import { type BlastBasis, blastNeed } from '../review/blast.ts';
import { capabilitiesOf } from '../review/capabilities.ts';
import { checklistOf } from '../review/checklist.ts';
import { missingOf } from '../review/missing.ts';
import { catalogStore } from '../store.ts';
import { deprecate, revokeRelease, rollBack } from './moves.ts';
import { approveRelease, openCanary } from './opening.ts';
import type { ReleaseParts } from './parts.ts';
import { proposeConnector, proposePlugin } from './propose.ts';
import { type ReleaseReader, type ReleaseRow, type ReleasesDatabase, readReleases, type SignOffRow, type SubjectRow } from './store.ts';

const releasesMax = 2_000;

/** Opens the catalog of releases. `changed` hears of each act that was committed, before whoever acted is told. */
export function openReleases(
  given: BlastBasis & {
    readonly database: ReleasesDatabase;
    readonly recorder: Recorder;
    readonly sources: ReleaseSources;
    readonly changed?: () => Promise<void>;
  },
): Releases {
  const { database, recorder, clock, policy, sources, changed = async () => undefined } = given;
  const reader = readReleases(database);
  const show = (release: ReleaseName, against?: string) => detailOf({ ...given, reader }, release, against);
  const detail = async (release: ReleaseName): Promise<ReleaseDetail> => {
    const found = await show(release);
    if (found) return found;
    throw new UserError(
      `The catalog has no ${release.kind} ${release.id.slice(0, 100)}@${release.version.slice(0, 64)}.`,
      'See: trapkey catalog releases.',
    );
  };
  const parts: ReleaseParts = { reader, pins: catalogStore(database), recorder, clock, policy, sources, detail };
  const doing =
    <A>(act: (parts: ReleaseParts, wish: A) => Promise<ReleaseDetail>) =>
    async (wish: A): Promise<ReleaseDetail> => {
      const done = await act(parts, wish);
      await changed();
      return done;
    };
  return {
    async list() {
      const [rows, subjects] = await Promise.all([reader.list(releasesMax), reader.subjects()]);
      const byId = new Map(subjects.map((one) => [`${one.kind} ${one.id}`, one] as const));
      return rows.map((row) => summaryOf(row, byId.get(`${row.kind} ${row.id}`)));
    },
    show,
    async texts(release, against) {
      const shown = await show(release, against);
      if (!shown) return undefined;
      const base = shown.against;
      const before = base === undefined ? undefined : await reader.manifest({ ...release, version: base });
      return { against: base ?? null, ...(await differingTexts(before, shown.manifest, reader.files)) };
    },
    propose: doing(proposePlugin),
    proposeConnector: doing(proposeConnector),
    review: doing(startReview),
    sign: doing(signOff),
    canary: doing(openCanary),
    approve: doing(approveRelease),
    rollBack: doing(rollBack),
    deprecate: doing(deprecate),
    revoke: doing(revokeRelease),
  };
}

/** A release with its diff against `against`, else against what is current, else against what was current before it. */
async function detailOf(
  parts: BlastBasis & { readonly reader: ReleaseReader; readonly sources: ReleaseSources },
  release: ReleaseName,
  against?: string,
): Promise<ReleaseDetail | undefined> {
  const { reader, sources } = parts;
  const [row, manifest, subject, rows, over] = await Promise.all([
    reader.find(release),
    reader.manifest(release),
    reader.subject(release.kind, release.id),
    reader.signOffs(release),
    blastNeed(parts, release),
  ]);
  if (!row || !manifest) return undefined;
  const base = against ?? (subject?.current === release.version ? subject.known_good : subject?.current) ?? undefined;
  const before = base === undefined ? undefined : await reader.manifest({ ...release, version: base });
  const changes = before ? await changesBetween(reader, sources, before, manifest) : [];
  const signOffs = rows.map(signOffOf);
  const checklist = checklistOf(manifest);
  const capabilities = capabilitiesOf(manifest, signOffs);
  return {
    ...summaryOf(row, subject),
    source: row.source,
    canary: canaryOf(subject),
    manifest,
    ...{ checklist, changes, signOffs, capabilities, over },
    against: before && base,
    missing: missingOf({ checklist, changes, signOffs, capabilities, over }),
  };
}

/** Only files that differ are read. */
async function changesBetween(reader: ReleaseReader, sources: ReleaseSources, before: ReleaseManifest, now: ReleaseManifest) {
  const known = new Set(before.files.map(({ path, digest }) => `${path} ${digest}`));
  const same = new Set(now.files.map(({ path, digest }) => `${path} ${digest}`));
  const wanted = [
    ...now.files.filter(({ path, digest }) => !known.has(`${path} ${digest}`)),
    ...before.files.filter(({ path, digest }) => !same.has(`${path} ${digest}`)),
  ].filter(({ path }) => /\.(md|mdx|txt)$/i.test(path));
  const bytes = await reader.files([...new Set(wanted.map(({ digest }) => digest))]);
  const side = (manifest: ReleaseManifest): Side => ({ manifest, text: (digest) => Buffer.from(bytes.get(digest) ?? '').toString('utf8') });
  return releaseChanges(side(before), side(now), sources.lint.text);
}

function summaryOf(row: ReleaseRow, subject: SubjectRow | undefined): ReleaseSummary {
  return {
    ...{ kind: row.kind, id: row.id, version: row.version, state: row.state },
    owner: subject?.owner ?? row.proposed_by,
    current: subject?.current === row.version,
    sourceDigest: row.source_digest,
    servedDigest: row.served_digest ?? undefined,
    ...{ proposedBy: row.proposed_by, proposedAtMs: row.proposed_at_ms, stateBy: row.state_by, stateAtMs: row.state_at_ms },
    reviewDueMs: row.review_due_ms ?? undefined,
  };
}

function canaryOf(subject: SubjectRow | undefined): Canary | undefined {
  if (!subject || subject.canary === null) return undefined;
  return { version: subject.canary, people: JSON.parse(subject.canary_people) as readonly string[], share: subject.canary_share };
}

function signOffOf({ aspect, person, passed, capabilities, note, at_ms }: SignOffRow): SignOff {
  const words = JSON.parse(capabilities) as SignOff['capabilities'];
  return { aspect: aspect as SignOff['aspect'], person, passed: passed === 1, capabilities: words, note, atMs: at_ms };
}
