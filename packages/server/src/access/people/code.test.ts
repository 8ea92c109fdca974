import { describe, expect, it } from 'vitest';
import { hashCode, matchesCode, newCode, nobody } from './code.ts';

describe('the code of a person', () => {
  it('has 125 random bits in groups, and never comes twice', () => {
    const codes = Array.from({ length: 200 }, newCode);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(new Set(codes).size).toBe(200);
  });

  it('is kept as salted scrypt, and matches however it was typed', async () => {
    const code = '01ABC-DEFGH-JKMNP-QRSTV-WXYZ0';
    const stored = await hashCode(code);
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    expect(await hashCode(code)).not.toBe(stored);
    for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ' '), ' oiabcdefghjkmnpqrstvwxyzO ', 'OLABCDEFGHJKMNPQRSTVWXYZ0']) {
      expect(await matchesCode(typed, stored), typed).toBe(true);
    }
    expect(await matchesCode(code.replace('Z0', 'Z1'), stored)).toBe(false);
  });

  it('matches nothing that is damaged, costs too much, or belongs to nobody', async () => {
    const stored = await hashCode('A');
    for (const wrong of [
      '',
      stored.slice(0, -1),
      stored.replace('ln=15', 'ln=30'),
      stored.replace('r=8', 'r=99'),
      stored.replace('scrypt', 'plain'),
      nobody,
    ]) {
      expect(await matchesCode('A', wrong), wrong).toBe(false);
    }
  });
});
