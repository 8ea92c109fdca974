import { type FoundClass, foundClasses } from '../../../kernel/data.ts';
import { type DetectorName, detectors } from '../../../kernel/detectors.ts';
import { asia } from './asia.ts';
import type { Detector, Hit } from './detector.ts';
import { europe } from './europe.ts';
import { general } from './general.ts';
import { germany } from './germany.ts';
import { secrets } from './secrets.ts';
import { world } from './world.ts';

const all: readonly Detector[] = [...secrets, ...general, ...germany, ...europe, ...asia, ...world];

/** How far before a value a word that tells what it is may stand. */
const nearCharactersMax = 60;

/** Looks for some kinds of value. Hits stand in order and do not overlap; the kind that is named first wins a place. */
export interface Finder {
  find(text: string): readonly Hit[];
}

interface Looking {
  readonly detector: Detector;
  /** It was named, so it counts without a word beside it. */
  readonly named: boolean;
}

const made = new Map<string, Finder>();

/** A finder for classes and detectors, as policy names them; undefined where none of them can be found by looks. */
export function finderFor(names: Iterable<string>): Finder | undefined {
  const wanted = new Set(names);
  const key = [...wanted].sort().join(' ');
  const known = made.get(key);
  if (known) return known;
  const looking = all.flatMap((detector): readonly Looking[] => {
    if (wanted.has(detector.name)) return [{ detector, named: true }];
    return detectors[detector.name].some((of) => wanted.has(of)) ? [{ detector, named: false }] : [];
  });
  if (looking.length === 0) return undefined;
  const finder = { find: (text: string) => found(text, looking) };
  made.set(key, finder);
  return finder;
}

const digitsMin = 5;
const digitRun = /\d(?:[^\n]{0,3}\d){4}/;

function found(text: string, looking: readonly Looking[]): readonly Hit[] {
  const hits: Hit[] = [];
  // Numbers of people have digits: prose mostly has not, and is done after one look.
  const digits = text.length >= digitsMin && digitRun.test(text);
  for (const { detector, named } of looking) {
    if (detector.hint !== undefined ? !text.includes(detector.hint) : !digits && detector.name !== 'password' && !named) continue;
    collect(text, detector, named, hits);
  }
  if (hits.length < 2) return hits;
  // Private keys first, then the earliest and longest; a place belongs to one.
  const ordered = hits.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Hit[] = [];
  for (const hit of ordered) if (hit.start >= (kept.at(-1)?.end ?? 0)) kept.push(hit);
  return kept;
}

function collect(text: string, detector: Detector, named: boolean, hits: Hit[]): void {
  const { pattern, near, name } = detector;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const inner = detector.name === 'password' || detector.hint !== undefined ? match[1] : undefined;
    const whole = inner ?? match[0];
    const start = inner === undefined ? match.index : match.index + match[0].lastIndexOf(inner);
    if (match[0] === '') pattern.lastIndex++;
    if (near && !named && !near.test(text.slice(Math.max(0, start - nearCharactersMax), start).toLowerCase())) continue;
    const span = fitting(whole, detector);
    if (span === undefined) {
      // What stands there may begin later: the next look starts behind its first word.
      pattern.lastIndex = match.index + nextWord(match[0]);
      continue;
    }
    hits.push({ name, start, end: start + span });
    pattern.lastIndex = start + span;
  }
}

/** The longest beginning, at a word's end, that is valid: a number may be followed by other digits. */
function fitting(text: string, { valid, shrinks }: Detector): number | undefined {
  if (!valid || valid(text)) return text.length;
  if (!shrinks) return undefined;
  for (let tries = 0, end = text.length; tries < wordsMax; tries++) {
    end = Math.max(text.lastIndexOf(' ', end - 1), text.lastIndexOf('-', end - 1));
    if (end <= 0) return undefined;
    if (valid(text.slice(0, end))) return end;
  }
  return undefined;
}

const wordsMax = 8;

function nextWord(text: string): number {
  const at = /[ \-./]/.exec(text.slice(1))?.index;
  return at === undefined ? Math.max(1, text.length) : at + 2;
}

/** The classes of a hit. */
export function classesOf(name: DetectorName): readonly FoundClass[] {
  return detectors[name];
}

/** Whether values of a class can be told by what they look like. */
export function isFound(name: string): name is FoundClass {
  return (foundClasses as readonly string[]).includes(name);
}
