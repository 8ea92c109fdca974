import type { Finding } from '../../kernel/inventory.ts';
import { hiddenIn } from '../lint/hidden.ts';

/** What words and scripts of a plugin name, and what in them should be looked at. */
export interface Prose {
  readonly hosts: readonly string[];
  readonly sources: readonly string[];
  readonly secrets: readonly string[];
  /** Whether its header lets it run commands. */
  readonly runsCode: boolean;
  readonly findings: readonly Pick<Finding, 'rule' | 'severity' | 'says'>[];
}

const charactersMax = 400_000;
const hostsMax = 200;

const fetched =
  /\b(?:curl|wget)\b[^\n|;&]{0,300}\|\s*(?:sudo\s+)?(?:(?:ba|z|da|k)?sh|python3?|node|perl)\b|\bbash\s+<\(\s*(?:curl|wget)|\biex\s*\(\s*(?:iwr|irm|New-Object)/i;
const indexes =
  /(?:--(?:extra-)?index-url|--registry|--find-links)[= ]+["']?(https?:\/\/[^\s"'`)]+)|\b(git\+(?:https|ssh):\/\/[^\s"'`)]+)|\b(?:npm config set registry|registry\s*=)\s*["']?(https?:\/\/[^\s"'`)]+)|\b(?:pip3?|uv pip|npm|pnpm|yarn)\s+(?:install|add|i)\s+[^\n]{0,80}?(https?:\/\/[^\s"'`)]+)/gi;
const official = /^https?:\/\/(pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com)(\/|$)/i;
const secretFiles =
  /(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%)[/\\](?:\.ssh|\.aws|\.gnupg|\.kube|\.netrc|\.npmrc|\.git-credentials|\.config\/gcloud|Library\/Keychains|\.claude\.json)\b|\b(?:id_rsa|id_ed25519)\b|\bsecurity find-generic-password\b/gi;
const addresses = /https?:\/\/([a-z0-9](?:[\w-]*\.)+[a-z]{2,24})\b/gi;
const named = /\b([A-Z][A-Z0-9]*_(?:API_KEY|TOKEN|SECRET|PASSWORD|ACCESS_KEY|SECRET_ACCESS_KEY|CREDENTIALS|PRIVATE_KEY))\b/g;
const uploads =
  /\b(?:curl|wget|requests\.post|fetch|axios\.post|http\.post)\b[^\n]{0,200}(?:-F|--form|--data(?:-binary)?|-d|-T|--upload-file|files=|body:)[^\n]{0,120}(?:@|\.env\b|\.ssh|id_rsa|credentials|\$\(cat)/i;
const obeys =
  /\b(?:ignore|disregard|forget)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier|system)\b[^.\n]{0,20}\b(?:instructions?|prompts?|rules)\b/i;
const secrecy =
  /\b(?:do not|don't|never) (?:tell|inform|mention (?:this|that|it) to|reveal (?:this|it) to|alert) (?:the )?(?:user|human|person)\b(?! (?:to|if|whether)\b)|\bwithout the (?:user|person)(?:'s)? (?:knowledge|knowing|noticing)\b/i;
const destroys =
  /\brm\s+-[a-z]*r[a-z]*f?[a-z]*\s+(?:--no-preserve-root\s+)?(?:~\/?|\/|\$HOME\/?)(?:\s|\*|$)|\b(?:delete|wipe|erase|destroy)\b[^.\n]{0,40}\b(?:all|every|entire|whole)\b[^.\n]{0,30}\b(?:files?|resources?|home directory|file ?system|buckets?|databases?|cloud resources)\b[^.\n]{0,40}\b(?:now|immediately|without asking|near-factory)\b/i;

/** Each with words of which every match holds one. */
const checks: readonly (readonly [string, Finding['severity'], string, RegExp, readonly string[]])[] = [
  ['fetches_and_runs', 'high', 'fetches code and runs it in one step', fetched, ['curl', 'wget', 'iex']],
  ['uploads_secrets', 'critical', 'sends files or secrets to an address', uploads, ['curl', 'wget', 'fetch', '.post']],
  ['override', 'critical', 'tells the model to put aside what it was told', obeys, ['ignore', 'disregard', 'forget']],
  ['secrecy', 'critical', 'asks for something to be kept from the person', secrecy, ['do not', "don't", 'never', 'without the']],
  ['destroys', 'critical', 'tells to delete everything', destroys, ['rm', 'delete', 'wipe', 'erase', 'destroy']],
];
const indexWords = ['-url', 'registry', 'find-links', 'git+', 'pip', 'npm', 'yarn'];
const folderWords = ['.ssh', '.aws', '.gnupg', '.kube', '.netrc', '.npmrc', '.git-credentials', '.config', 'keychains', '.claude.json'];
const fileWords = [...folderWords, 'id_rsa', 'id_ed25519', 'find-generic-password'];
const nameWords = ['_key', '_token', '_secret', '_password', '_credentials'];
const allWords = [...checks.flatMap(([, , , , words]) => words), ...indexWords, ...fileWords, ...nameWords];
/** Most texts hold none: one look for all the words is a third of the cost of the patterns. `rm` is part of many words. */
const anyWord = new RegExp(
  [...new Set(allWords)].map((word) => (word === 'rm' ? 'rm(?=\\s)' : word.replace(/[.+]/g, '\\$&'))).join('|'),
  'g',
);

/** Reads a skill, command, agent or script. Prose is meant to instruct, so only what hides, steals or fetches is told. */
export function readProse(text: string): Prose {
  const cut = text.slice(0, charactersMax);
  const said: ReadonlySet<string> = new Set(cut.toLowerCase().match(anyWord));
  const holds = (words: readonly string[]): boolean => words.some((word) => said.has(word));
  const all = (pattern: RegExp, words: readonly string[]) => (holds(words) ? [...cut.matchAll(pattern)] : []);
  const findings: Pick<Finding, 'rule' | 'severity' | 'says'>[] = checks.flatMap(([rule, severity, says, pattern, words]) =>
    holds(words) && meant(cut, pattern) ? [{ rule, severity, says }] : [],
  );
  for (const { rule, severity, says } of hiddenIn(cut, true)) findings.push({ rule, severity, says });
  const sources = all(indexes, indexWords)
    .flatMap((match) => match.slice(1).filter((one) => one !== undefined))
    .map(cleanUrl);
  const foreign = [...new Set(sources)].filter((source) => !official.test(source));
  for (const source of foreign)
    findings.push({
      rule: 'package_source',
      severity: 'high',
      says: `takes packages from ${source.slice(0, 200)}, not from the public registry`,
    });
  const files = [...new Set(all(secretFiles, fileWords).map(([match]) => match))];
  if (files.length > 0)
    findings.push({ rule: 'reads_secrets', severity: 'medium', says: `names ${files.slice(0, 5).join(', ')}, where secrets are kept` });
  return {
    hosts: [...new Set([...cut.matchAll(addresses)].map(([, host = '']) => host.toLowerCase()))].slice(0, hostsMax),
    sources: foreign,
    secrets: [...new Set([...files, ...all(named, nameWords).map(([, name = '']) => name)])].slice(0, 50),
    runsCode: allowsCommands(cut),
    findings,
  };
}

/** Whether it says so itself. Words in quotation marks, and those of a warning about such words, are no order. */
function meant(text: string, pattern: RegExp): boolean {
  return [...text.matchAll(new RegExp(pattern.source, 'gi'))].slice(0, 20).some((match) => {
    const before = text.slice(Math.max(0, match.index - 300), match.index);
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 200);
    if (/["“'`][^"”'`\n]{0,60}$/.test(before.slice(-61)) && /^[^"”'`\n]{0,60}["”'`]/.test(after)) return false;
    return !/\b(?:injection|untrusted|attack\w*|malicious|suspicious|such as|for example|e\.g\.|treat (?:it|them|all|any|file|text)|as data|looks? like|detect\w*|red flags?)\b/i.test(
      before + after,
    );
  });
}

/** `allowed-tools: Bash(…)` in the header of a command or skill, `tools: Bash` in that of an agent. */
function allowsCommands(text: string): boolean {
  const header = /^---\r?\n([\s\S]{0,8000}?)\r?\n---/.exec(text)?.[1] ?? '';
  const lists = /^(?:allowed-tools|tools):\s*((?:.*)(?:\r?\n\s+-.*)*)/im.exec(header)?.[1] ?? '';
  return /\b(Bash|Shell|Execute|PowerShell)\b/.test(lists) || /^!`/m.test(text);
}

function cleanUrl(url: string): string {
  return url
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/[?#].*$/, '')
    .replace(/[.,;]+$/, '');
}
