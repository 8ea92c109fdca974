import { revealed } from '../../kernel/revealed.ts';
import type { Notice } from './files.ts';

/** Letters of other alphabets, and digits, that are drawn like Latin ones. */
const drawnLike: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ɡ: 'g',
  һ: 'h',
  і: 'i',
  ӏ: 'l',
  ј: 'j',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  ѕ: 's',
  т: 't',
  у: 'y',
  ѵ: 'v',
  ԝ: 'w',
  х: 'x',
  α: 'a',
  β: 'b',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ı: 'i',
  0: 'o',
  1: 'l',
  '|': 'l',
};

/** Tells of names that people would take for one another: differing by case, hidden characters or look-alike letters. */
export function noticeLookAlikes(names: readonly { readonly name: string; readonly file: string }[], notice: Notice): void {
  const groups = Map.groupBy(names, ({ name }) => skeleton(name));
  for (const group of groups.values()) {
    const different = [...new Map(group.map((one) => [one.name, one] as const)).values()];
    const [first, second] = different;
    if (first && second)
      notice({
        rule: 'look_alike',
        severity: 'high',
        says: `is easily taken for ${shown(first.name)}: the names differ only in case or look-alike characters`,
        plugin: shown(second.name),
        file: second.file,
      });
  }
  for (const { name, file } of new Map(names.map((one) => [one.name, one] as const)).values())
    if (!/^[\x20-\x7e]*$/.test(name))
      notice({
        rule: 'odd_name',
        severity: 'medium',
        says: `has a name with unusual characters: ${codes(name)}`,
        plugin: shown(name),
        file,
      });
}

function skeleton(name: string): string {
  return [
    ...name
      .normalize('NFKC')
      .toLowerCase()
      .replace(/\p{Cf}/gu, ''),
  ]
    .map((char) => drawnLike[char] ?? char)
    .join('')
    .replace(/rn/g, 'm')
    .replace(/[\s_-]+/g, '-');
}

function shown(name: string): string {
  return revealed(name.slice(0, 120));
}

function codes(name: string): string {
  return [...new Set([...name].filter((char) => char > '~'))]
    .slice(0, 5)
    .map((char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(', ');
}
