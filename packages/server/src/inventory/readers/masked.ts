import { revealed } from '../../kernel/revealed.ts';

const secretName =
  /key|token|secret|passw|passphrase|credential|auth|bearer|cookie|session|private|dsn|connection_?string|webhook|api|pat\b|jwt|cert/i;
const takesValue = /key|token|secret|pass|auth|header|env|credential|cookie|password|^-[eHpu]$/i;
const mask = '•••';

/** Whether a value could be a secret by its own looks: long, mixed, with no structure. */
function looksSecret(value: string): boolean {
  if (/^(sk|pk|ghp|gho|ghs|github_pat|glpat|xox[abpr]|AKIA|ASIA|eyJ|ya29|npm|hf|AIza)[-_A-Za-z0-9.]{8,}/.test(value)) return true;
  return value
    .split(/[/:@?&=.]/)
    .some((part) => part.length >= 20 && /\d/.test(part) && /[A-Za-z]/.test(part) && !/^[a-z]+(-[a-z0-9]+)+$/.test(part));
}

/** Names that stand for secrets: `${VAR}` in a text, and keys whose value is set. */
export function secretNames(entries: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(entries).flatMap(([name, value]) => {
    const variables = typeof value === 'string' ? variablesIn(value) : [];
    if (variables.length > 0) return variables;
    return secretName.test(name) ? [revealed(name.slice(0, 100))] : [];
  });
}

/** Variables that a value takes from its surroundings, without those that name folders. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([A-Za-z_][\w.]{0,80})(?::-[^}]*)?\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !/^(CLAUDE_PLUGIN_(ROOT|DATA)|CLAUDE_PROJECT_DIR|HOME|__dirname|PWD|PATH|USER)$/.test(name));
}

/** An address that may be shown: no credentials, no query, and no part of the path that could be a key. */
export function shownUrl(text: string): string {
  const template = text.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, `//${mask}@`);
  return revealed(
    template
      .slice(0, 300)
      .split('/')
      .map((part, at) => (at > 2 && looksSecret(part) ? mask : part))
      .join('/'),
  );
}

/** A command that may be shown: whatever follows a flag for secrets, or looks like one, is masked. */
export function shownCommand(command: readonly string[]): readonly string[] {
  return command.slice(0, 24).map((word, at) => {
    const before = command[at - 1] ?? '';
    if (at > 0 && before.startsWith('-') && takesValue.test(before)) return mask;
    const [flag = '', value] = word.split(/=(.*)/s);
    if (value !== undefined) return `${revealed(flag.slice(0, 60))}=${mask}`;
    if (/:\/\//.test(word)) return shownUrl(word);
    return looksSecret(word) || word.length > 120 || /\s/.test(word) ? mask : revealed(word);
  });
}
